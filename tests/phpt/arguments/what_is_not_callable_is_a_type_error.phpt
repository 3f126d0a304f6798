--TEST--
What is not callable is a TypeError in core's words, and is not added
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
foreach (['no function', 5, null, [], ['stdClass', 'nothing'], new stdClass()] as $wrong) {
    echo told(fn() => async($wrong)), "\n";
}
echo told(fn() => $pool->add('no function')), "\n";
echo told(fn() => $pool[] = 'no function'), "\n";
echo told(fn() => $pool['key'] = 5), "\n";
var_dump(count($pool), isset($pool['key']));
?>
--EXPECTF--
TypeError: Async\async(): Argument #1 ($task) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\async(): Argument #1 ($task) must be of type Async\Task|callable, int given
TypeError: Async\async(): Argument #1 ($task) must be of type Async\Task|callable, null given
TypeError: Async\async(): Argument #1 ($task) must be a valid callback, array callback must have exactly two members
TypeError: Async\async(): Argument #1 ($task) must be a valid callback, class stdClass does not have a method "nothing"
TypeError: Async\async(): Argument #1 ($task) must be of type Async\Task|callable, stdClass given
TypeError: Async\Pool::add(): Argument #1 ($task) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\Pool::offsetSet(): Argument #2 ($value) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\Pool::offsetSet(): Argument #2 ($value) must be of type %s, int given
int(0)
bool(false)
