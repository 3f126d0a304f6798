--TEST--
No more tasks start in any time than the rate of their pool: isolated, warm, repeated, items of a map
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** Whether the pool, not the machine, spread the starts: their number in a time, from below; and how long all took at least. */
function spread(array $starts, int $count, float $per): string
{
    sort($starts);
    $took = end($starts) - $starts[0];
    return count($starts) . ' ' . ($took >= $per * (count($starts) - 1 - $count) / $count ? 'spread' : "only $took s");
}
$parent = [];
$make = fn() => Pool::create()->concurrency(8)->rate(10, 0.2);
$pool = $make()->onFork(parent: function () use (&$parent) { $parent[] = microtime(true); });
for ($n = 0; $n < 25; $n++) {
    $pool[] = fn() => microtime(true);
}
$children = await($pool);
echo 'isolated: ', spread($children, 10, 0.2), ', forks ', spread($parent, 10, 0.2), "\n";
$pool = $make()->tasksPerChild(0);
for ($n = 0; $n < 25; $n++) {
    $pool[] = fn() => microtime(true);
}
echo 'warm: ', spread(await($pool), 10, 0.2), "\n";
echo 'map: ', spread(iterator_to_array($make()->map(range(1, 25), fn() => microtime(true))), 10, 0.2), "\n";
echo 'generator: ', spread(iterator_to_array($make()->map((fn() => yield from range(1, 25))(), fn() => microtime(true), false)), 10, 0.2), "\n";

$file = tempnam(sys_get_temp_dir(), 'starts');
$noted = function () use ($file) { file_put_contents($file, microtime(true) . "\n", FILE_APPEND); throw new DomainException('again'); };
$pool = $make()->retry(11);
$pool[] = $noted;
$pool[] = $noted;
echo told(fn() => await($pool)), ' ', spread(array_map(floatval(...), file($file)), 10, 0.2), "\n";
file_put_contents($file, '');
$items = $make()->retry(23)->map([1], $noted);
echo told(fn() => iterator_to_array($items)), ' ', spread(array_map(floatval(...), file($file)), 10, 0.2), "\n";
unlink($file);
?>
--EXPECT--
isolated: 25 spread, forks 25 spread
warm: 25 spread
map: 25 spread
generator: 25 spread
DomainException: again 24 spread
DomainException: again 24 spread
