--TEST--
make setup installs the PHP that was asked for, or says in one line that it cannot be had
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v cargo')) === '') { echo 'skip needs cargo, as make setup does'; }
if (!glob('/var/lib/apt/lists/*_Packages*')) { echo 'skip needs the package lists of apt'; }
?>
--FILE--
<?php
$setup = escapeshellarg(dirname(__DIR__, 3) . '/tools/setup');
foreach (['PHP=php8.99', 'PHP=/no/such/php', 'PHP_CONFIG=php-config8.99'] as $asked) {
    exec("env -u PHP -u PHP_CONFIG $asked $setup 2>&1", $output, $code);
    echo preg_replace('/, which has: .*/', '', implode("\n", $output)), " ($code)\n";
    $output = [];
}
?>
--EXPECT--
async.so: php8.99 cannot be had from this system's archive (1)
async.so: PHP=/no/such/php is not there, and is not the name of a package: give a path, or a name such as php8.4 (1)
async.so: php8.99 cannot be had from this system's archive (1)
