--TEST--
What a destructor throws while an outcome is made or handlers run changes neither value nor handlers, and surfaces at the next await
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, onFork};

require __DIR__ . '/../../support/sync.php';

define('ME', getmypid());

final class Throws
{
    public function __construct(public string $name) {}
    public function __destruct() { getmypid() === ME && throw new LogicException($this->name); }
}

final class Fails extends DomainException
{
    public ?Throws $inside = null;
    public static function with(Throws $inside): self
    {
        $fails = new self();
        $fails->inside = $inside;
        return $fails;
    }
}

function task(Throws $captured): Closure
{
    return fn() => $captured->name === '' ?: 'value';
}

function handler(Throws $captured, mixed $returns): Closure
{
    return function () use ($captured, $returns) { return $captured->name === '' ?: $returns; };
}

$ways = [
    'captured by the task' => fn(Pool $pool) => $pool->add(task(new Throws('1'))),
    'an argument of the task' => fn(Pool $pool) => $pool->add(async(fn(Throws $captured) => 'value', new Throws('2'))),
    'captured by a then' => fn(Pool $pool) => $pool->add(fn() => 'task')->then(handler(new Throws('3'), 'value')),
    'captured by a finally' => fn(Pool $pool) => $pool->add(fn() => 'value')->finally(handler(new Throws('4'), null)),
    'captured by a catch that does not match' => fn(Pool $pool) => $pool->add(fn() => 'value')->catch(handler(new Throws('5'), null)),
    'returned by a finally' => fn(Pool $pool) => $pool->add(fn() => 'value')->finally(fn() => new Throws('6')),
    'a value that is replaced' => fn(Pool $pool) => $pool->add(fn() => new Throws('7'))->then(fn() => 'value'),
    'in a failure of a handler that is replaced' => fn(Pool $pool) => $pool->add(fn() => 1)->then(fn() => throw Fails::with(new Throws('8')))->catch(fn() => 'value'),
    'captured by two handlers' => fn(Pool $pool) => $pool->add(fn() => 'task')->then(handler(new Throws('9'), 'task'))->then(handler(new Throws('10'), 'value')),
];
foreach ($ways as $where => $make) {
    foreach ([1, 0] as $tasks) {
        $finally = 0;
        $pool = Pool::create()->tasksPerChild($tasks);
        $future = $make($pool)->finally(function () use (&$finally) { $finally++; });
        $chain = [];
        for ($e = failure(fn() => await($future)); $e; $e = $e->getPrevious()) {
            $chain[] = $e::class . ' ' . $e->getMessage();
        }
        $tasks === 1 and print("$where: " . implode(', ', $chain));
        $after = [await($future), $future->error(), $finally];
        if ($after !== ['value', null, 1]) {
            var_dump($after);
        }
        unset($future, $pool);
    }
    echo "\n";
}
?>
--EXPECT--
captured by the task: LogicException 1
an argument of the task: LogicException 2
captured by a then: LogicException 3
captured by a finally: LogicException 4
captured by a catch that does not match: LogicException 5
returned by a finally: LogicException 6
a value that is replaced: LogicException 7
in a failure of a handler that is replaced: LogicException 8
captured by two handlers: LogicException 10, LogicException 9
