--TEST--
Items that a source gave before it threw are run: whoever catches what it threw gets their results
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

// Portions grow with the number of items: at each of these numbers some items are in hand when the source throws.
foreach ([1, 5, 50, 500] as $count) {
    foreach ([true, false] as $ordered) {
        $source = (function () use ($count) {
            yield from range(0, 99 + $count);
            throw new LogicException('source');
        })();
        $results = Pool::create()->concurrency(2)->map($source, fn(int $x) => $x, $ordered);
        $seen = [];
        $thrown = 0;
        for ($more = true; $more;) {
            try {
                $more = $results->valid();
                if ($more) {
                    $seen[] = $results->current();
                    $results->next();
                }
            } catch (LogicException) {
                // What was at hand is so still.
                $thrown++;
                array_pop($seen);
            }
        }
        sort($seen);
        check(100 + $count . ' items', $thrown === 1 && $seen === range(0, 99 + $count), [$thrown, count($seen)]);
    }
}
?>
--EXPECT--
101 items: yes
101 items: yes
105 items: yes
105 items: yes
150 items: yes
150 items: yes
600 items: yes
600 items: yes
