--TEST--
Code that serializes what a task is bound to, and awaits that task or its pool, is told that it would wait for itself; others it may await
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

define('ME', getmypid());

final class Bound
{
    public static array $said = [];
    public function __construct(private Closure $wait) {}
    public function __serialize(): array
    {
        if (getmypid() === ME) {
            self::$said[] = told($this->wait);
        }
        return [];
    }
    public function __unserialize(array $data): void {}
    public function value(): string { return 'value'; }
}

foreach ([fn() => await($GLOBALS['pool']), fn() => await($GLOBALS['pool'][1]), fn() => await(async(fn() => 1)), fn() => await($GLOBALS['pool'][0])] as $wait) {
    Bound::$said = [];
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    $first = $pool->add(fn() => 'first');
    await($first);
    $bound = new Bound($wait);
    $pool[] = fn() => $bound->value();
    echo await($pool)[1], ': ', implode(', ', array_unique(Bound::$said)), "\n";
}
?>
--EXPECT--
value: Async\AsyncError: what is awaited can never end: it has not started, and nothing is left that would start it
value: Async\AsyncError: what is awaited can never end: it has not started, and nothing is left that would start it
value: nothing thrown
value: nothing thrown
