--TEST--
With async.mode=sync tasks run in this process, one after the other, and all else is as it is with processes
--INI--
async.mode=sync
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await, settle};

final class Report implements Async\Task
{
    public function run(): array
    {
        return [getmypid(), 'report'];
    }
}

$pid = getmypid();
echo "a task:\n";
$future = async(function (int $n) use ($pid) { echo "  runs\n"; return [getmypid() === $pid, $n]; }, 7)
    ->then(fn(array $value) => [...$value, 'then'])
    ->finally(function () { echo "  finally\n"; });
echo json_encode(await($future)), ' ', json_encode([$future->pid(), $future->route(), $future->attempts(), $future->key()]), ' ', $future->status()->name, "\n";
echo await(async(new Report()))[1], ' ', json_encode($future()), "\n";

echo "a pool:\n";
$pool = Pool::create()->concurrency(2)->timeout(5)->nice(1)->memoryLimit('64M')->onFork(fn() => print("NO FORK\n"));
foreach (['c', 'a', 'b'] as $key) {
    $pool[$key] = async(function () use ($key) { echo "  $key\n"; return $key === 'a' ? throw new DomainException("from $key") : strtoupper($key); });
}
$pool->add(fn() => 'at the end');
try {
    await($pool);
} catch (DomainException $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
foreach (settle($pool) as $key => $future) {
    echo $key, ' ', $future->status()->name, ' ', json_encode($future->error() ? null : $future->await()), "\n";
}
echo $pool->status(), "\n", implode(' ', array_keys(iterator_to_array($pool))), ' ', count($pool), ' ', count($pool->getFinished()), "\n";

echo "handlers:\n";
echo await(async(fn() => throw new LengthException('x'))->catch(fn(DomainException $e) => 'wrong')->catch(fn(LogicException $e) => 'caught')), "\n";
echo await(async(fn() => 1)->then(fn() => async(fn() => 'of another future'))), "\n";
echo await(async(fn() => async(fn() => await(async(fn() => 'nested'))))), "\n";
echo json_encode(await(['x' => async(fn() => 1), 'y' => async(fn() => 2)])), "\n";
$inner = await(async(fn() => fn() => 'a closure, as nothing is sent'));
echo $inner(), "\n";
?>
--EXPECT--
a task:
  runs
  finally
[true,7,"then"] [null,null,1,null] Succeeded
report [true,7,"then"]
a pool:
  c
  a
  b
DomainException: from a
c Succeeded "C"
a Failed null
b Succeeded "B"
0 Succeeded "at the end"
queue: 0 - finished: 3 - failed: 1 - timeout: 0
task "a" failed with DomainException: from a
c a b 0 4 3
handlers:
caught
of another future
nested
{"x":1,"y":2}
a closure, as nothing is sent
