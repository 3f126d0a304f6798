--TEST--
A task that is cancelled while a child tries to open it, and that this child cannot open, is cancelled: no other child is forked for it
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
    public static Notes $runs;

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

    public function run(): void
    {
        self::$runs->write('runs');
    }
}

Late::$opening = new Gate();
Late::$fail = new Gate();
$forks = 0;
Late::$runs = new Notes();

$how = [
    'cancel' => fn(Pool $pool, Async\Future $future) => $future->cancel(),
    'unset' => function (Pool $pool, Async\Future $future): void { unset($pool[$future->key()]); },
];
foreach ($how as $name => $end) {
    $pool = warm();
    // A child that is at something when it is cancelled is ended. This one cannot be: it holds its signals back.
    $pool->add(fn() => pcntl_sigprocmask(SIG_BLOCK, [SIGTERM]))->await();
    $pool->onFork(parent: function () use (&$forks): void { $forks++; });
    $late = new Late();
    $future = $pool->add(fn() => $late->run());
    Late::$opening->pass();
    $end($pool, $future);
    Late::$fail->open();
    echo "$name: ", told(fn() => $future->await()), ', ', $future->status()->name, ", $forks forks\n";
    $pool->wait();
}
echo implode(', ', Late::$runs->all()), "\n";
?>
--EXPECTF--
cancel: Async\CancelledException: task [2]%S was cancelled, Cancelled, 0 forks
unset: Async\CancelledException: task [2]%S was cancelled, Cancelled, 0 forks
