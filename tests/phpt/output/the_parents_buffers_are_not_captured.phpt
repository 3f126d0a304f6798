--TEST--
What waits in the parent's output buffers is printed by the parent, once, and is in no capture (pain 21)
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

$pool = Pool::create()->output(Output::Capture);
ob_start();
echo "A\n";
ob_start(fn(string $buffer) => strtolower($buffer));
echo "B\n";
$futures = [$pool->add(fn() => print('x')), $pool->add(fn() => exit(0)), $pool->add(fn() => fflush(STDOUT))];
Async\settle($pool);
ob_end_flush();
ob_end_flush();
echo json_encode(array_map(fn($future) => $future->output(), $futures)), "\n";
?>
--EXPECT--
A
b
["x","",""]
