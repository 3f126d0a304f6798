--TEST--
Under FPM with async.unsupported=sync tasks run in the process itself (pain 37)
--SKIPIF--
<?php
require __DIR__ . '/../../support/web.php'; if (fpm_binary() === null) { echo 'skip no php-fpm of this version here'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

echo fpm('$pid = getmypid(); echo json_encode(await([async(fn() => getmypid() === $pid), async(fn() => 2)])), "\n";', '-d async.unsupported=sync');
?>
--EXPECT--
[true,2]
