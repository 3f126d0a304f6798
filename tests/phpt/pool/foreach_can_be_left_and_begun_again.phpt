--TEST--
foreach can be left and begun again: each begins with all futures of the pool
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
for ($i = 0; $i < 4; $i++) {
    $pool[] = fn() => $i;
}
foreach ($pool as $first) {
    break;
}
$keys = [];
foreach ($pool as $key => $future) {
    $keys[] = $key;
}
sort($keys);
echo json_encode($keys), ' ', json_encode(await($pool)), "\n";
?>
--EXPECT--
[0,1,2,3] [0,1,2,3]
