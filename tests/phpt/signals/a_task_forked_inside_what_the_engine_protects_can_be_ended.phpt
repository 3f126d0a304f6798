--TEST--
A task that was forked inside of what the engine protects (a callback of apcu_entry) is not inside of it
--EXTENSIONS--
ffi
--SKIPIF--
<?php
require __DIR__ . '/../../support/protected.php';
if (!has_protected_sections()) { die('skip this PHP has no sections that can be asked for'); }
?>
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/protected.php';

ini_set('async.kill_grace', PATIENCE);
pcntl_signal(SIGTERM, function () {});
enter_section();
posix_kill(getmypid(), SIGTERM); // waits for the end of the section, and is the parent's
$future = async(fn() => (new Gate())->never())->start();
leave_section();
posix_kill($future->pid(), SIGTERM);
echo failure($future)->signalName, "\n";
?>
--EXPECT--
SIGTERM
