--TEST--
A pool in a task works as one in the parent does (pain 45)
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
for ($i = 0; $i < 3; $i++) {
    $pool[$i] = function () use ($i) {
        $inner = Pool::create()->concurrency(2);
        for ($j = 0; $j < 5; $j++) {
            $inner["$i.$j"] = fn() => $i * 10 + $j;
        }
        return await($inner);
    };
}
echo json_encode(await($pool)), "\n";
?>
--EXPECT--
[{"0.0":0,"0.1":1,"0.2":2,"0.3":3,"0.4":4},{"1.0":10,"1.1":11,"1.2":12,"1.3":13,"1.4":14},{"2.0":20,"2.1":21,"2.2":22,"2.3":23,"2.4":24}]
