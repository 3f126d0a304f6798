--TEST--
status() tells of the first twenty that failed, in the order in which they did; what is taken out of the pool makes room for others
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

/** The keys in the lines, and what follows them. */
function keys(Pool $pool): string
{
    $lines = explode("\n", (string) $pool->status());
    $keys = fn(string $line): string => preg_replace('/^task (\S+) failed with .*/', '$1', $line);
    return implode(' ', array_map($keys, array_slice($lines, 1)));
}

$pool = Pool::create()->concurrency(1);
$gate = new Gate();
$pool['first'] = fn() => $gate->pass();
foreach (['a', 'b', 'c'] as $key) {
    $pool[$key] = fn() => throw new DomainException($key);
}
$pool['c']->start(); // it goes before the others
$pool['cancelled'] = fn() => 1;
$pool['cancelled']->cancel();
$gate->open();
settle($pool);
echo keys($pool), "\n";

// The same key once more is another one.
unset($pool['c']);
$pool['c'] = fn() => 'well';
settle($pool);
echo keys($pool), "\n";
unset($pool['a']);
$pool['a'] = fn() => throw new DomainException('again');
settle($pool);
echo keys($pool), "\n";

$pool->clearFinished();
echo '(', keys($pool), ")\n";
for ($i = 0; $i < 23; $i++) {
    $pool[] = fn() => throw new DomainException('no');
}
settle($pool);
echo keys($pool), "\n";
unset($pool[3], $pool[7]);
echo keys($pool), "\n";
unset($pool[22]);
echo keys($pool), "\n";
?>
--EXPECT--
"c" "a" "b" cancelled, and counted as failed: 1
"a" "b" cancelled, and counted as failed: 1
"b" "a" cancelled, and counted as failed: 1
()
[0] [1] [2] [3] [4] [5] [6] [7] [8] [9] [10] [11] [12] [13] [14] [15] [16] [17] [18] [19] and 3 more
[0] [1] [2] [4] [5] [6] [8] [9] [10] [11] [12] [13] [14] [15] [16] [17] [18] [19] [20] [21] and 1 more
[0] [1] [2] [4] [5] [6] [8] [9] [10] [11] [12] [13] [14] [15] [16] [17] [18] [19] [20] [21]
