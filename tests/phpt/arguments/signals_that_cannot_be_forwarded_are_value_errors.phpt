--TEST--
Pool::forwardSignals() refuses what is no signal, or cannot be handled
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$pool = Async\Pool::create();
foreach ([[0], [-1], [65], [SIGTERM, PHP_INT_MAX], [SIGKILL], [SIGINT, SIGSTOP], [SIGSEGV], ['x'], ['a' => SIGTERM]] as $signals) {
    // PHP 8.6 refuses the name itself, in other words.
    $others = ['Internal function ' => '', 'does not accept named variadic arguments' => 'does not accept unknown named parameters'];
    echo strtr(told(fn() => $pool->forwardSignals(...$signals)), $others), "\n";
}
var_dump($pool->forwardSignals() === $pool, $pool->forwardSignals(SIGTERM, SIGTERM, 1, 64) === $pool);
?>
--EXPECT--
ValueError: Async\Pool::forwardSignals(): Argument #1 must be between 1 and 64
ValueError: Async\Pool::forwardSignals(): Argument #1 must be between 1 and 64
ValueError: Async\Pool::forwardSignals(): Argument #1 must be between 1 and 64
ValueError: Async\Pool::forwardSignals(): Argument #2 must be between 1 and 64
ValueError: Async\Pool::forwardSignals(): Argument #1 must be a signal that can be handled
ValueError: Async\Pool::forwardSignals(): Argument #2 must be a signal that can be handled
ValueError: Async\Pool::forwardSignals(): Argument #1 must be a signal that can be handled
TypeError: Async\Pool::forwardSignals(): Argument #1 must be of type int, string given
ArgumentCountError: Async\Pool::forwardSignals() does not accept unknown named parameters
bool(true)
bool(true)
