--TEST--
The source of a map may take results of that map; when it, or anybody while it is suspended, waits for one of an item that it has not given, that is told, and no item is lost
--FILE--
<?php
use Async\Pool;

pcntl_alarm(30); // ends a script that waits for ever

foreach (['next', 'foreach'] as $way) {
    $inside = $outside = [];
    $source = function () use ($way, &$results, &$inside) {
        foreach (range(1, 12) as $n) {
            yield $n;
            if ($n !== 6) {
                continue;
            }
            try {
                if ($way === 'foreach') {
                    foreach ($results as $result) {
                        $inside[] = $result;
                    }
                }
                while ($results->valid()) {
                    $results->next();
                    $inside[] = $results->current();
                }
            } catch (Async\AsyncError $e) {
                echo $e->getMessage(), "\n";
            }
        }
    };
    $results = Pool::create()->concurrency(1)->map($source(), fn(int $n) => $n);
    foreach ($results as $result) {
        $outside[] = $result;
    }
    $all = array_unique([...$inside, ...$outside]);
    sort($all);
    echo count($inside) > 1 ? 'some' : 'none', ' inside, ', implode(' ', $all), "\n";
}

$results = Pool::create()->concurrency(1)->map((function () use (&$fiber) {
    for ($n = 1; $n < 8; $n++) {
        yield $n;
        $fiber !== null && Fiber::getCurrent() === $fiber && Fiber::suspend();
    }
})(), fn(int $n) => $n);
echo $results->current();
$fiber = new Fiber(function () use ($results) {
    $results->next();
    echo 'in the fiber ', $results->current();
});
$fiber->start();
try {
    while ($results->valid()) {
        $results->next();
        echo ' ', $results->current();
    }
} catch (Async\AsyncError $e) {
    echo "\n", $e->getMessage(), "\n";
}
while (!$fiber->isTerminated()) {
    $fiber->resume();
}
for ($results->next(); $results->valid(); $results->next()) {
    echo ' ', $results->current();
}
?>
--EXPECT--
the source of a map cannot wait for the result of an item that it has not given yet
some inside, 1 2 3 4 5 6 7 8 9 10 11 12
the source of a map cannot wait for the result of an item that it has not given yet
some inside, 1 2 3 4 5 6 7 8 9 10 11 12
1 2 3 4
the source of a map cannot wait for the result of an item that it has not given yet
in the fiber 5 6 7
