--TEST--
catch() reads the type from methods, functions and invokable objects too
--FILE--
<?php
use function Async\{async, await};

final class Handler
{
    public function __invoke(DomainException $e): string { return 'invoked'; }
    public function method(LengthException $e): string { return 'method'; }
    public static function fixed(RangeException $e): string { return 'static'; }
}
function handle(OverflowException $e): string { return 'function'; }

$handler = new Handler();
foreach (['Domain', 'Length', 'Range', 'Overflow'] as $name) {
    $class = $name . 'Exception';
    echo await(async(fn() => throw new $class('x'))
        ->catch($handler)->catch([$handler, 'method'])->catch('Handler::fixed')->catch('handle')), "\n";
}
?>
--EXPECT--
invoked
method
static
function
