--TEST--
Cancelling what has ended does nothing and says so
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => 'kept');
await($future);
var_dump($future->cancel(), await($future), $future->status());
?>
--EXPECT--
bool(false)
string(4) "kept"
enum(Async\Status::Succeeded)
