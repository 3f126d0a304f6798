--TEST--
The time limit of an item is its own: neither what the parent needs for results counts, nor waiting for the next item
--FILE--
<?php
use Async\{Pool, TimeoutException};
use function Async\map;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

// The child waits until its large result is fetched, and then for the next item.
$items = (function () {
    for ($i = 0; $i < 4; $i++) {
        if ($i === 2) {
            usleep(1_500_000);
        }
        yield $i;
    }
})();
$n = 0;
foreach (Pool::create()->concurrency(1)->timeout(1)->map($items, fn(int $i) => str_repeat((string) $i, 1_000_000)) as $i => $value) {
    usleep(1_100_000);
    $n += (int) ($value[999_999] === (string) $i);
}
echo "$n in time\n";

// Set later, and lifted.
$gate = new Gate();
$pool = Pool::create()->concurrency(1);
$results = $pool->map(range(0, 5), fn(int $i) => $i === 3 ? $gate->never() : $i);
echo $results->current(), "\n";
$pool->timeout(1);
for (; $results->valid(); $results->next()) {
    try {
        echo $results->current(), ' ';
    } catch (TimeoutException) {
        echo 'late ';
    }
}
echo "\n";
$pool = Pool::create()->concurrency(1)->timeout(0.1)->timeout(null);
foreach ($pool->map([1, 2], function (int $i) { usleep(200_000); return $i; }) as $value) {
    echo $value, ' ';
}
echo "\n";

// That of php.ini, and with another try.
ini_set('async.timeout', '1');
try {
    map([1, 2, 3], fn(int $i) => $i === 2 ? $gate->never() : $i);
} catch (TimeoutException $e) {
    echo $e::class, "\n";
}
$runs = new Runs();
$results = Pool::create()->concurrency(2)->retry(1)->map(range(0, 9), fn(int $i) => $runs->count($i) === 1 && $i === 5 ? $gate->never() : $i);
echo implode(' ', iterator_to_array($results)), ', ', count($runs->all()), " runs\n";
?>
--EXPECT--
4 in time
0
0 1 2 late 4 5 
1 2 
Async\TimeoutException
0 1 2 3 4 5 6 7 8 9, 11 runs
