--TEST--
deadline() is how many seconds a task has left by its time limit: its own, its pool's, a changed one; null without
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, deadline};

require __DIR__ . '/../../support/sync.php';

$about = function (?float $left, float $limit): string {
    return $left !== null && $left > $limit - 10 && $left <= $limit ? "at most $limit" : 'NO ' . json_encode($left);
};
/** Not bound to the tasks: a warm worker can run them all. */
final class Shared
{
    public static Gate $begun;
    public static Gate $go;
}
[Shared::$begun, Shared::$go] = [new Gate(), new Gate()];

var_dump(deadline());
foreach (['isolated' => fn() => Pool::create(), 'warm' => fn() => Pool::create()->tasksPerChild(0)->concurrency(2)] as $kind => $make) {
    echo "$kind:\n";
    var_dump(await($make()->add(fn() => deadline())));
    $pool = $make()->timeout(100);
    echo $about(await($pool->add(fn() => deadline())), 100), "\n";
    echo $about(await($pool->add(async(fn() => deadline())->timeout(50))), 50), "\n";
    $future = $pool->add(function () { Shared::$begun->open(); Shared::$go->pass(); return [deadline()]; });
    Shared::$begun->pass();
    $future->timeout(20);
    Shared::$go->open();
    echo $about(await($future)[0], 20), "\n";
    $future = $pool->add(function () { Shared::$begun->open(); Shared::$go->pass(); return [deadline()]; });
    Shared::$begun->pass();
    $future->timeout(0);
    Shared::$go->open();
    var_dump(await($future)[0]);
    // It counts from the start of the task, and is never below 0.
    echo await($make()->timeout(30)->add(function () { $before = deadline(); usleep(40_000); return deadline() <= $before - 0.02; })) ? "less each time\n" : "NOT LESS\n";
}
echo "map:\n";
echo $about(iterator_to_array(Pool::create()->timeout(40)->map([1, 2], fn() => deadline()))[1], 40), "\n";
var_dump(Async\map([1], fn() => deadline())[0]);
echo told(fn() => deadline(1)), "\n";
?>
--EXPECT--
NULL
isolated:
NULL
at most 100
at most 50
at most 20
NULL
less each time
warm:
NULL
at most 100
at most 50
at most 20
NULL
less each time
map:
at most 40
NULL
ArgumentCountError: Async\deadline() expects exactly 0 arguments, 1 given
