--TEST--
An item that waits to be run again: stop() gives its failure, and who leaves the loop does not wait for it
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$runs = new Runs();
$gate = new Gate();
$run = function (int $i) use ($runs, $gate): int {
    $runs->add($i);
    if ($i === 4) {
        $gate->pass();
    }
    return $i === 2 ? throw new DomainException("run of $i") : $i;
};

// In order: the two before it are there.
$pool = Pool::create()->concurrency(1)->retry(3, 1000);
$results = $pool->map(range(0, 9), $run);
echo $results->current();
$results->next();
echo $results->current(), "\n";
while ($runs->of(4) === 0) {
    $pool->tick(); // the only child has told of 2 and 3
}
$pool->stop();
$gate->open();
$results->next();
while ($results->valid()) {
    try {
        echo $results->current(), ' ';
    } catch (DomainException $e) {
        echo '(', $e->getMessage(), ') ';
    }
    $results->next();
}
echo "\n";
echo count($runs->all()), " runs\n";

// As they come: the others are not kept. One worker, so that 2 has run before the last one.
$gate->open();
$pool = Pool::create()->concurrency(1)->retry(3, 1000);
$keys = [];
foreach ($pool->map((fn() => yield from range(0, 9))(), $run, false) as $key => $value) {
    $keys[] = $key;
    if (count($keys) === 9) {
        break;
    }
}
sort($keys);
echo implode(' ', $keys), "\n", $runs->of(2), " runs\n";
unset($pool);
?>
done
--EXPECT--
01
(run of 2) 3 4 
5 runs
0 1 3 4 5 6 7 8 9
2 runs
done
