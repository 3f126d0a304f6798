--TEST--
A death that nobody saw is a warning too
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

set_error_handler(function (int $type, string $message) {
    echo $type === E_WARNING ? 'E_WARNING' : $type, ' ', str_contains($message, 'SIGKILL') ? 'names it' : $message, "\n";
    return true;
});
$future = async(fn() => posix_kill(getmypid(), SIGKILL));
ended($future->pid());
while ($future->status() === Async\Status::Running);
unset($future);
?>
--EXPECT--
E_WARNING names it
