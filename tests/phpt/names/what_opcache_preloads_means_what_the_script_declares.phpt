--TEST--
What opcache preloads, or compiles ahead, means by the names what the script declares later
--FILE--
<?php
require __DIR__ . '/libraries.inc';

$directory = sys_get_temp_dir() . '/async-preload-' . getmypid();
mkdir($directory);
file_put_contents("$directory/preloaded.php", '<?php function preloaded() { return [async(1), Pool::WHOSE]; }');
file_put_contents("$directory/lib.php", '<?php ' . LIBRARIES['guarded']['lib.php']);
file_put_contents("$directory/own.php", '<?php require __DIR__ . "/lib.php"; echo json_encode(preloaded()), "\n";');
file_put_contents("$directory/ours.php", '<?php try { preloaded(); } catch (TypeError $e) { echo $e->getMessage(), "\n"; }');
file_put_contents("$directory/ahead.php", '<?php opcache_compile_file(__DIR__ . "/preloaded.php"); require __DIR__ . "/lib.php"; echo json_encode(preloaded()), "\n";');

$opcache = opcache() . ' -d opcache.enable_cli=1 -d opcache.file_update_protection=0';
$preload = "$opcache -d opcache.preload=$directory/preloaded.php -d opcache.preload_user=" . posix_getpwuid(posix_geteuid())['name'];
foreach (['', '-d opcache.jit_buffer_size=16M -d opcache.jit=function'] as $jit) {
    foreach (['own' => $preload, 'ours' => $preload, 'ahead' => $opcache] as $script => $how) {
        echo $script, ': ', shell_exec(php_command("$how $jit $directory/$script.php 2>&1"));
    }
}
exec('rm -r ' . escapeshellarg($directory));
?>
--EXPECT--
own: ["own async 1","own Pool"]
ours: async(): Argument #1 ($task) must be of type Async\Task|callable, int given
ahead: ["own async 1","own Pool"]
own: ["own async 1","own Pool"]
ours: async(): Argument #1 ($task) must be of type Async\Task|callable, int given
ahead: ["own async 1","own Pool"]
