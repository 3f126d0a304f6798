--TEST--
Errors of the engine are thrown as they are: they are not a death
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

foreach ([
    fn() => nowhere(),
    fn() => strlen(),
    fn() => intdiv(1, 0),
    fn() => null->method(),
    fn() => (function (int $n) {})('x'),
    fn() => match (1) { 2 => 3 },
    fn() => eval('this is no PHP'),
    fn() => str_repeat('x', -1),
] as $task) {
    echo told(async($task)), "\n";
}
?>
--EXPECTF--
Error: Call to undefined function nowhere()
ArgumentCountError: strlen() expects exactly 1 argument, 0 given
DivisionByZeroError: Division by zero
Error: Call to a member function method() on null
TypeError: {closure%S}(): Argument #1 ($n) must be of type int, string given, called in %s on line %d
UnhandledMatchError: Unhandled match case 1
ParseError: syntax error, unexpected identifier "is"
ValueError: str_repeat(): Argument #2 ($times) must be greater than or equal to 0
