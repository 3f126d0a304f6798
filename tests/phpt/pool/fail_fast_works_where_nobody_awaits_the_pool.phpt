--TEST--
failFast() cancels the rest while the parent works, in a foreach, and when a handler awaits the pool
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$closed = new Gate();
$make = function () use ($closed) {
    $pool = Pool::create()->concurrency(2)->failFast();
    $pool['runs'] = fn() => $closed->never();
    $pool['fails'] = fn() => throw new DomainException('failed');
    return $pool;
};

$pool = $make();
for ($deadline = microtime(true) + 20; $pool['runs']->status() !== Status::Cancelled && microtime(true) < $deadline;) {
    strlen('works');
}
echo 'works: ', $pool['runs']->status()->name, ' ', $pool['fails']->error()->getMessage(), "\n";

$pool = $make();
$seen = [];
foreach ($pool as $key => $future) {
    $seen[$key] = $future->status()->name . ($future->error() ? '' : ' fine');
}
ksort($seen);
echo 'foreach: ', json_encode($seen), "\n";

echo 'handler: ', await(async(fn() => 1)->then(fn() => told(fn() => await($make())))), "\n";
?>
--EXPECT--
works: Cancelled failed
foreach: {"fails":"Failed","runs":"Cancelled"}
handler: DomainException: failed
