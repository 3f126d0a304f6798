--TEST--
What a source throws is thrown when all items that it gave before have been run and given, in their order
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

// Portions grow with the number of items: at each of these numbers the source throws at another place of one.
foreach ([0, 1, 5, 100, 150, 600] as $count) {
    foreach ([true, false] as $ordered) {
        $source = (function () use ($count) {
            for ($i = 0; $i < $count; $i++) {
                yield "k$i" => $i;
            }
            throw new LogicException('source');
        })();
        $results = Pool::create()->concurrency(2)->map($source, fn(int $x) => $x, $ordered);
        $seen = [];
        $thrown = told(function () use ($results, &$seen) {
            foreach ($results as $key => $x) {
                $seen[$key] = $x;
            }
        });
        $ordered || asort($seen);
        $expected = [];
        for ($i = 0; $i < $count; $i++) {
            $expected["k$i"] = $i;
        }
        $over = !$results->valid() && $results->current() === null && $results->key() === null;
        check("$count items", $thrown === 'LogicException: source' && $seen === $expected && $over, [$thrown, count($seen), $over]);
    }
}
?>
--EXPECT--
0 items: yes
0 items: yes
1 items: yes
1 items: yes
5 items: yes
5 items: yes
100 items: yes
100 items: yes
150 items: yes
150 items: yes
600 items: yes
600 items: yes
