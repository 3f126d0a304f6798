--TEST--
Cancelling what has ended does nothing and says so
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 'kept');
await($future);
var_dump($future->cancel(), await($future), $future->status());
$cancelled = async(fn() => (new Gate())->never());
$cancelled->cancel();
var_dump($cancelled->cancel());
?>
--EXPECT--
bool(false)
string(4) "kept"
enum(Async\Status::Succeeded)
bool(false)
