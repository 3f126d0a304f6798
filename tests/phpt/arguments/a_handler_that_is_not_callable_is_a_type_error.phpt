--TEST--
A handler that is not callable is a TypeError in core's words
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, onFork};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1);
foreach (['then', 'catch', 'finally'] as $method) {
    echo told(fn() => $future->$method('no function')), "\n";
}
echo told(fn() => $future->timeout('no function')), "\n";
echo told(fn() => onFork('no function')), "\n";
echo told(fn() => (new Pool())->onFork(parent: 'no function')), "\n";
echo told(fn() => (new Pool())->wait('no function')), "\n";
echo await($future), "\n";
?>
--EXPECTF--
TypeError: Async\Future::then(): Argument #1 ($fn) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\Future::catch(): Argument #1 ($fn) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\Future::finally(): Argument #1 ($fn) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\Future::timeout(): Argument #1 ($limit) must be a valid callback, function "no function" not found or invalid function name
TypeError: Async\onFork(): Argument #1 ($child) must be a valid callback or null, function "no function" not found or invalid function name
TypeError: Async\Pool::onFork(): Argument #2 ($parent) must be a valid callback or null, function "no function" not found or invalid function name
TypeError: Async\Pool::wait(): Argument #1 ($tick) must be a valid callback or null, function "no function" not found or invalid function name
1
