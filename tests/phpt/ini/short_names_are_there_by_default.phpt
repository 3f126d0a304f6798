--TEST--
The short names async(), await() and Pool are there by default, and are the same
--FILE--
<?php
$pool = Pool::create();
$pool['x'] = async(fn() => 1)->then(fn(int $n) => $n + 1);
echo json_encode(await($pool)), "\n";
var_dump($pool instanceof \Async\Pool, (new ReflectionClass('Pool'))->getName());
var_dump(function_exists('settle'), class_exists('Future', false));
?>
--EXPECT--
{"x":2}
bool(true)
string(10) "Async\Pool"
bool(false)
bool(false)
