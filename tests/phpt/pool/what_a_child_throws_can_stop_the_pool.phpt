--TEST--
A child can tell its parent to stop: by what it throws, which a handler takes for the word to (pain 47)
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

final class Enough extends Exception {}

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
foreach (range(1, 10) as $i) {
    $task = match (true) {
        $i < 3 => fn() => $i,
        $i === 3 => fn() => throw new Enough('found'),
        default => fn() => $gate->pass() ?? $i, // the next one may have been started before the handler runs
    };
    $pool->add($task, $i)->catch(function (Enough $e) use ($pool, $gate) {
        $pool->stop();
        $gate->open();
        return $e->getMessage();
    });
}
$ended = array_filter(settle($pool), fn($future) => $future->error() === null);
echo json_encode(array_map(fn($future) => $future->await(), array_slice($ended, 0, 3, true))), ' of ', count($pool), "\n";
var_dump(count($ended) <= 4);
?>
--EXPECT--
{"1":1,"2":2,"3":"found"} of 10
bool(true)
