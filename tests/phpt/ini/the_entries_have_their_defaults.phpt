--TEST--
The php.ini entries have their defaults, and say who may set them
--FILE--
<?php
$all = ini_get_all('async', false);
foreach ($all as $name => $value) {
    $where = ini_get_all('async')[$name]['access'] === INI_SYSTEM ? 'php.ini' : 'anywhere';
    echo "$name = $value, $where\n";
}
?>
--EXPECT--
async.at_exit = wait, anywhere
async.concurrency = 0, anywhere
async.handlers = scope, anywhere
async.huge_pages = 1, anywhere
async.idle_timeout = 2, anywhere
async.kill_grace = 1.0, anywhere
async.max_children = 0, php.ini
async.max_output = 1M, anywhere
async.max_result = 0, anywhere
async.mode = process, anywhere
async.notifier = thread, php.ini
async.reseed = 1, anywhere
async.short_names = 1, php.ini
async.timeout = 0, anywhere
async.unsupported = throw, php.ini
