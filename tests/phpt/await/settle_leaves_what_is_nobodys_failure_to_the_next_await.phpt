--TEST--
settle() throws nothing: what a hook, a handler of messages or a destructor has thrown waits for the next await()
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

final class Thrower
{
    public function __destruct()
    {
        throw new LogicException('destructor');
    }
}

function told(callable $what): void
{
    try {
        echo $what(), "\n";
    } catch (Throwable $e) {
        do {
            echo $e->getMessage(), ' ';
        } while ($e = $e->getPrevious());
        echo "\n";
    }
}

$pool = Pool::create()->onFork(parent: fn () => throw new LogicException('hook'));
$pool['a'] = fn () => 'a value';
told(fn () => 'settled: ' . settle($pool)['a']->status()->name);
told(fn () => await(async(fn () => 'the next')));

$pool = Pool::create()->onMessage(fn (int $message) => throw new LogicException("message $message"));
$pool['b'] = function () {
    Async\channel()->send(0);
    Async\channel()->send(1);
};
told(fn () => 'settled: ' . settle($pool)['b']->status()->name);
told(fn () => await(async(fn () => 'the next')));
told(fn () => await($pool['b']));

$pool = Pool::create();
$pool['c'] = (function () {
    $thrower = new Thrower();
    return fn () => $thrower::class; // it is dropped when the task is posted
})();
told(fn () => 'settled: ' . settle($pool)['c']->status()->name);
told(fn () => await(async(fn () => 'the next')));
?>
--EXPECT--
settled: Succeeded
hook 
settled: Succeeded
message 1 
message 0 
settled: Succeeded
destructor 
