--TEST--
How a task ended, and what handlers made of it, are two things: status(), getFailed() and getTimeouts() tell the former, await() and error() the latter
--FILE--
<?php
use Async\{Pool, TimeoutException};
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1); // they fail in their order
for ($i = 0; $i < 5; $i++) {
    $pool[] = async(function () { throw new Exception('Test'); })->catch(function (Exception $e) { });
}
await($pool);
echo count($pool->getFailed()), ' failed, ', count($pool->getFinished()), " finished\n", $pool->status(), "\n";

$pool = Pool::create();
$pool['value'] = async(fn() => 1)->then(fn() => throw new LogicException('of the handler'))->catch(fn(LogicException $e) => 'handled');
$pool['handler'] = async(fn() => 1)->then(fn() => throw new LogicException('of the handler'));
$pool['thrown'] = async(fn() => throw new DomainException('of the task'))->catch(fn() => 'handled');
$pool['replaced'] = async(fn() => throw new DomainException('of the task'))->catch(fn() => throw new RangeException('of the handler'));
$pool['late'] = async(fn() => $gate->never())->timeout(0.01)->timeout(fn(TimeoutException $e) => 'in place');
$pool['late, not handled'] = async(fn() => $gate->never())->timeout(0.01);
$pool['cancelled'] = async(fn() => $gate->never())->catch(fn() => 'handled, too');
$pool['cancelled']->cancel();
foreach (settle($pool) as $key => $future) {
    echo $key, ': ', $future->status()->name, ', ', told(fn() => $future->await() === null ?: print($future->await() . ' ')), ', error ', $future->error() === null ? 'null' : $future->error()::class, "\n";
}
echo json_encode(array_map('array_keys', [$pool->getFinished(), $pool->getFailed(), $pool->getTimeouts()])), "\n";

// Many failures: the first of them are told one by one, each in one line.
$pool = Pool::create()->tasksPerChild(0);
for ($i = 0; $i < 25; $i++) {
    $pool[] = fn() => throw new Exception(str_repeat('long ', 100) . "\nsecond line");
}
settle($pool);
$lines = explode("\n", $pool->status());
echo count($lines), ' lines, ', max(array_map('strlen', $lines)), ' bytes at most, ', end($lines), "\n";
?>
--EXPECTF--
5 failed, 0 finished
queue: 0 - finished: 0 - failed: 5 - timeout: 0
task [0] failed with Exception: Test
task [1] failed with Exception: Test
task [2] failed with Exception: Test
task [3] failed with Exception: Test
task [4] failed with Exception: Test
value: Succeeded, handled nothing thrown, error null
handler: Succeeded, LogicException: of the handler, error LogicException
thrown: Failed, handled nothing thrown, error null
replaced: Failed, RangeException: of the handler, error RangeException
late: TimedOut, in place nothing thrown, error null
late, not handled: TimedOut, Async\TimeoutException: task "late, not handled" (pid %d) did not end within 0.01 s and was ended; raise timeout() or make the task shorter, error Async\TimeoutException
cancelled: Cancelled, handled, too nothing thrown, error null
[["value","handler"],["thrown","replaced","cancelled"],["late","late, not handled"]]
22 lines, 225 bytes at most, and 5 more
