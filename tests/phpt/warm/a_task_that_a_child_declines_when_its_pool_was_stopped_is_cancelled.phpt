--TEST--
A task that a child cannot open, and gives back when its pool was stopped meanwhile, is cancelled, or has failed as it did before
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

/** Tells that a child opens it, and lets it fail at that when told so. */
final class Late
{
    public static Gate $opening;
    public static Gate $fail;

    public function __unserialize(array $data): void
    {
        self::$opening->open();
        self::$fail->pass();
        throw new LogicException('not here');
    }

    public function __serialize(): array
    {
        return [];
    }

    public function run(): never
    {
        throw new DomainException('as before');
    }
}

Late::$opening = new Gate();
Late::$fail = new Gate();

foreach (['stop', 'cancel'] as $how) {
    $pool = warm();
    $late = new Late();
    $future = $pool->add(fn() => $late->run());
    Late::$opening->pass();
    $pool->$how();
    Late::$fail->open();
    echo "$how(): ", told(fn() => $future->await()), ', ', $future->status()->name, "\n";
}

// A repeat.
$pool = warm()->retry(1);
$future = $pool->add(fn() => $late->run());
Late::$opening->pass();
Late::$fail->open();
while ($future->attempts() < 2) {
    $pool->tick(); // the first attempt is made by a child that has inherited it
}
Late::$opening->pass();
$pool->stop();
Late::$fail->open();
echo 'a repeat: ', told(fn() => $future->await()), ', ', $future->status()->name, "\n";
?>
--EXPECTF--
stop(): Async\CancelledException: task [1] was cancelled, Cancelled
cancel(): Async\CancelledException: task [1]%S was cancelled, Cancelled
a repeat: DomainException: as before, Failed
