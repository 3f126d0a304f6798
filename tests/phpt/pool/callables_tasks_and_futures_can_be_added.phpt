--TEST--
Callables, Task objects and futures can be added, by [] and by add()
--FILE--
<?php
use Async\{Pool, Task};
use function Async\{async, await};

final class Work implements Task { public function run(): mixed { return 'task'; } }

$pool = new Pool();
$pool[] = fn() => 'closure';
$pool[] = new Work();
$pool[] = $future = async(fn() => 'future');
$pool[] = 'phpversion';
$added = $pool->add(fn() => 'added', 'key');
var_dump($pool[2] === $future, $pool->add($last = async(fn() => 'last')) === $last, $added === $pool['key']);

$values = await($pool);
var_dump($values[3] === phpversion());
unset($values[3]);
echo json_encode($values), "\n";
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
{"0":"closure","1":"task","2":"future","key":"added","4":"last"}
