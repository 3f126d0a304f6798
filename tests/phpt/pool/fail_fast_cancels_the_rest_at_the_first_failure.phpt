--TEST--
With failFast() the first failure cancels the rest, which is quiet, and await() throws it, whatever comes before in order
--FILE--
<?php
use Async\{CancelledException, Pool};
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

set_error_handler(function (int $level, string $message) {
    echo "told: $message\n";
    return true;
});
foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $closed = new Gate();
    $started = new Notes();
    $pool = Pool::create()->tasksPerChild($tasks)->concurrency(3)->failFast();
    $cancelled = [];
    $pool->add(function () use ($closed, $started) {
        $started->write('runs');
        $closed->never();
    }, 'runs')->catch(function (CancelledException $e) use (&$cancelled) { $cancelled[] = 'runs'; });
    $pool['fine'] = fn() => 1;
    $pool['fine']->await();
    $pool['fails'] = function () use ($started) {
        $started->write('fails');
        throw new DomainException('the first');
    };
    $pool->add(fn() => $closed->never(), 'waits')->catch(function (CancelledException $e) use (&$cancelled) { $cancelled[] = 'waits'; });
    for ($n = 0; $n < 20; $n++) {
        $pool[] = fn() => $closed->never();
    }
    echo $kind, ': ', told(fn() => await($pool)), ', again ', told(fn() => $pool->wait()), "\n";
    sort($cancelled);
    echo implode(' ', $cancelled), ' ', $pool['runs']->status()->name, ' ', $pool['waits']->status()->name, "\n";
    echo $pool->add(fn() => 'later')->status()->name, ' ', $pool['fine']->await(), "\n";
    preg_match('/failed: (\d+)/', $pool->status(), $found);
    echo $found[0], "\n";
    unset($pool);
}
echo "-- a failure that a handler has handled is none, nor is a cancelled task\n";
$pool = Pool::create()->failFast();
$pool[] = async(fn() => throw new DomainException())->catch(fn() => 'handled');
$pool->add(fn() => sleep(20))->cancel();
$pool[] = fn() => 'goes on';
echo json_encode(await($pool)), "\n";
echo "-- an attempt that is repeated is none\n";
$pool = Pool::create()->failFast()->retry(1);
$file = tempnam(sys_get_temp_dir(), 'attempts');
$pool['a'] = fn() => file_put_contents($file, '.', FILE_APPEND) && filesize($file) < 2 ? throw new DomainException() : 'repeated';
$pool['b'] = fn() => 'b';
echo json_encode(await($pool)), "\n";
unlink($file);
echo "-- a limit, a death; what failFast(false) says\n";
$closed = new Gate();
$pool = Pool::create()->failFast();
$pool['never'] = fn() => $closed->never();
$pool->add(fn() => $closed->never(), 'late')->timeout(0.01);
echo preg_replace('/pid \d+/', 'pid N', told(fn() => await($pool))), "\n";
$pool = Pool::create()->failFast();
$pool['never'] = fn() => $closed->never();
$pool['exits'] = fn() => exit(3);
echo get_class(failure(fn() => await($pool))), "\n";
$pool = Pool::create()->failFast()->failFast(false);
$pool['bad'] = fn() => throw new DomainException('bad');
$pool['good'] = fn() => 'good';
echo told(fn() => await($pool)), ' ', $pool['good']->await(), "\n";
echo told(fn() => Pool::create()->failFast([])), "\n";
?>
--EXPECT--
isolated: DomainException: the first, again DomainException: the first
runs waits Cancelled Cancelled
Cancelled 1
failed: 24
warm: DomainException: the first, again DomainException: the first
runs waits Cancelled Cancelled
Cancelled 1
failed: 24
-- a failure that a handler has handled is none, nor is a cancelled task
{"0":"handled","2":"goes on"}
-- an attempt that is repeated is none
{"a":"repeated","b":"b"}
-- a limit, a death; what failFast(false) says
Async\TimeoutException: task "late" (pid N) did not end within 0.01 s and was ended; raise timeout() or make the task shorter
Async\ProcessDiedException
DomainException: bad good
TypeError: Async\Pool::failFast(): Argument #1 ($on) must be of type bool, array given
