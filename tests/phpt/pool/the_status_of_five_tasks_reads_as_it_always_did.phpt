--TEST--
The status of five ended tasks is the line that other libraries made known
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
for ($i = 0; $i < 5; $i++) {
    $pool[] = fn() => $i;
}
await($pool);
echo $pool->status(), "\n", (string) $pool->status(), "\n", strlen($pool->status()), "\n";
?>
--EXPECT--
queue: 0 - finished: 5 - failed: 0 - timeout: 0
queue: 0 - finished: 5 - failed: 0 - timeout: 0
47
