--TEST--
clearResults() forgets values and keeps the futures
--FILE--
<?php
use Async\Pool;
use function Async\await;

$pool = new Pool();
for ($i = 0; $i < 4; $i++) {
    $pool[] = fn() => str_repeat('x', 1 << 20);
}
await($pool);
$before = memory_get_usage();
$pool->clearResults();
var_dump($before - memory_get_usage() > 3 << 20, count($pool), $pool[0]->status());
echo $pool->status(), "\n";
?>
--EXPECT--
bool(true)
int(4)
enum(Async\Status::Succeeded)
queue: 0 - finished: 4 - failed: 0 - timeout: 0
