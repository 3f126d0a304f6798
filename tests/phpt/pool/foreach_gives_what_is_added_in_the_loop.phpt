--TEST--
foreach gives what is added in the loop too
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
$pool[] = fn() => 3;
foreach ($pool as $key => $future) {
    $n = await($future);
    echo "$key: $n\n";
    if ($n > 0) {
        $pool[] = fn() => $n - 1;
    }
}
echo count($pool), "\n";
?>
--EXPECT--
0: 3
1: 2
2: 1
3: 0
4
