--TEST--
With async.mode=sync a fatal error in a task ends the script, and nothing waits for ever
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$code = 'register_shutdown_function(function () { echo "shutdown\n"; echo Async\await(Async\async(fn() => "a task")), "\n"; });'
    . '$pool = new Async\Pool(); $pool["fatal"] = function () { ini_set("memory_limit", "16M"); return str_repeat("x", 1 << 26); }; echo "WENT ON\n";';
passthru(php_command('-d async.mode=sync -d display_errors=1 -d html_errors=0') . ' -r ' . escapeshellarg($code), $status);
echo $status, "\n";
?>
--EXPECTF--
%AFatal error: Allowed memory size of %d bytes exhausted%A
shutdown
a task
255
