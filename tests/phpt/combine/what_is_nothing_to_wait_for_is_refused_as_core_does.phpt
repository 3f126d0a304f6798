--TEST--
any(), race() and select() of nothing, of something else, and with times that make no sense are refused as PHP does
--FILE--
<?php
use Async\Pool;
use function Async\{any, async, race, select};

require __DIR__ . '/../../support/sync.php';

foreach (['any' => any(...), 'race' => race(...), 'select' => select(...)] as $first) {
    foreach ([[], new ArrayIterator([]), Pool::create(), 5, null, [5], [[async(fn() => 1)]]] as $wrong) {
        echo told(fn() => $first($wrong)), "\n";
    }
    echo told(fn() => $first((function () { yield new stdClass() => 1; })())), "\n";
    echo told(fn() => $first((function () { yield 1 => 1; throw new LogicException('of the generator'); })())), "\n";
    echo told(fn() => $first([async(fn() => 1)], -1)), "\n";
    echo told(fn() => $first([async(fn() => 1)], NAN)), "\n";
    echo told(fn() => $first()), "\n";
}
?>
--EXPECT--
ValueError: Async\any(): Argument #1 ($futures) must contain at least one element
ValueError: Async\any(): Argument #1 ($futures) must contain at least one element
ValueError: Async\any(): Argument #1 ($futures) must contain at least one element
TypeError: Async\any(): Argument #1 ($futures) must be of type iterable, int given
TypeError: Async\any(): Argument #1 ($futures) must be of type iterable, null given
TypeError: Async\any(): Argument #1 ($futures) must contain only values of type Async\Future, int given
TypeError: Async\any(): Argument #1 ($futures) must contain only values of type Async\Future, array given
TypeError: Async\any(): Argument #1 ($futures) must have only keys of type string|int, stdClass given
LogicException: of the generator
ValueError: Async\any(): Argument #2 ($timeout) must be greater than or equal to 0
ValueError: Async\any(): Argument #2 ($timeout) must not be NAN
ArgumentCountError: Async\any() expects at least 1 argument, 0 given
ValueError: Async\race(): Argument #1 ($futures) must contain at least one element
ValueError: Async\race(): Argument #1 ($futures) must contain at least one element
ValueError: Async\race(): Argument #1 ($futures) must contain at least one element
TypeError: Async\race(): Argument #1 ($futures) must be of type iterable, int given
TypeError: Async\race(): Argument #1 ($futures) must be of type iterable, null given
TypeError: Async\race(): Argument #1 ($futures) must contain only values of type Async\Future, int given
TypeError: Async\race(): Argument #1 ($futures) must contain only values of type Async\Future, array given
TypeError: Async\race(): Argument #1 ($futures) must have only keys of type string|int, stdClass given
LogicException: of the generator
ValueError: Async\race(): Argument #2 ($timeout) must be greater than or equal to 0
ValueError: Async\race(): Argument #2 ($timeout) must not be NAN
ArgumentCountError: Async\race() expects at least 1 argument, 0 given
ValueError: Async\select(): Argument #1 ($what) must contain at least one element
ValueError: Async\select(): Argument #1 ($what) must contain at least one element
ValueError: Async\select(): Argument #1 ($what) must contain at least one element
TypeError: Async\select(): Argument #1 ($what) must be of type iterable, int given
TypeError: Async\select(): Argument #1 ($what) must be of type iterable, null given
TypeError: Async\select(): Argument #1 ($what) must contain only values of type Async\Future|Async\Channel, int given
TypeError: Async\select(): Argument #1 ($what) must contain only values of type Async\Future|Async\Channel, array given
TypeError: Async\select(): Argument #1 ($what) must have only keys of type string|int, stdClass given
LogicException: of the generator
ValueError: Async\select(): Argument #2 ($timeout) must be greater than or equal to 0
ValueError: Async\select(): Argument #2 ($timeout) must not be NAN
ArgumentCountError: Async\select() expects at least 1 argument, 0 given
