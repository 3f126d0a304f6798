--TEST--
Beside true_async it says so and does not load, in either order of loading
--SKIPIF--
<?php
if (!is_executable(trim((string) shell_exec('command -v cc')))) { echo 'skip needs a C compiler for the extension that pretends to be true_async'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/compile.php';

$directory = sys_get_temp_dir() . '/async-true-' . getmypid();
mkdir($directory);
compiled('true_async', $directory);

$code = escapeshellarg('echo "<", json_encode([extension_loaded("true_async"), function_exists("Async\\\\async"), class_exists("Async\\\\Pool", false), function_exists("async")]), ">";');
foreach (['after' => [php_command(), "-d extension=$directory/true_async.so"], 'before' => [getenv('TEST_PHP_EXECUTABLE') . " -n -d extension=$directory/true_async.so", substr(php_command(), strlen(getenv('TEST_PHP_EXECUTABLE') . ' '))]] as $order => [$first, $second]) {
    $output = shell_exec("$first $second -r $code 2>&1");
    echo $order, ': ', preg_match('/Warning.*true_async/', $output) ? 'says so ' : $output, strstr($output, '<'), "\n";
}
array_map('unlink', glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
after: says so <[true,false,false,false]>
before: says so <[true,false,false,false]>
