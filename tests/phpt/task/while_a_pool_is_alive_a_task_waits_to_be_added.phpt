--TEST--
While a Pool is alive a task waits to be added to one
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

$pool = new Pool();
$future = async(fn() => 'ran');
var_dump($future->status(), $future->pid(), $future->key());

$pool['it'] = $future;
var_dump($future->status() !== Status::Pending, $future->key());
var_dump(await($pool));
?>
--EXPECT--
enum(Async\Status::Pending)
NULL
NULL
bool(true)
string(2) "it"
array(1) {
  ["it"]=>
  string(3) "ran"
}
