--TEST--
A failure that nobody saw is a warning when its future goes away
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

set_error_handler(function (int $type, string $message) {
    echo $type === E_WARNING ? 'E_WARNING' : $type, ' ', preg_match('/DomainException.*unseen/s', $message) ? 'names it' : $message, "\n";
    return true;
});
$future = async(fn() => throw new DomainException('unseen'));
ended($future->pid());
while ($future->status() === Async\Status::Running);
echo "ended\n";
unset($future);
echo "gone\n";
?>
--EXPECT--
ended
E_WARNING names it
gone
