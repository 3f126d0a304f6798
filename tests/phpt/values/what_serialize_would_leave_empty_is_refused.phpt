--TEST--
An object whose state its extension keeps beside its properties, and does not serialize, is refused with its path, instead of coming back empty; a class that says how it is serialized or restored is not
--FILE--
<?php
use Async\Pool;
use function Async\{async, lost, settle};

require __DIR__ . '/../../support/sync.php';

class Window extends LimitIterator
{
    public string $name = 'a window';
}
final class Sleeps extends Window
{
    public function __sleep(): array { return ['name']; }
}
final class Wakes extends Window
{
    public function __wakeup(): void { parent::__construct(new ArrayIterator([7, 8, 9]), 1, 1); }
}
final class Gives extends Window
{
    public function __serialize(): array { return [$this->name]; }
    public function __unserialize(array $data): void { $this->name = $data[0]; }
}
final class Found extends RuntimeException
{
    public ?Iterator $iterator = null;
    public array $rest = [];
}
function window(string $class = Window::class): Window { return new $class(new ArrayIterator([1, 2, 3]), 1, 1); }

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    echo "$kind\n";
    $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
    foreach ([
        fn() => new IteratorIterator(new ArrayIterator([1])),
        fn() => ['rows' => [1, window()]],
        fn() => new ArrayObject(['inside' => window()]),
        fn() => (object) ['property' => new RecursiveIteratorIterator(new RecursiveArrayIterator([1]))],
        fn() => new MultipleIterator(),
    ] as $task) {
        $e = failure($pool->add($task));
        echo '  ', $e::class, " $e->type at '$e->path'\n";
    }
    echo '  ', strstr($e->getMessage(), 'returned'), "\n";
    $fine = fn(mixed $value) => $pool->add(fn() => $value)->await();
    $fixed = SplFixedArray::fromArray([1, 2]);
    check('the engine\'s own', [$fine($fixed)->toArray(), $fine(new ArrayIterator([3]))->getArrayCopy(), count($fine((function () { $all = new SplObjectStorage(); $all[new stdClass()] = 1; return $all; })()))] === [[1, 2], [3], 1]);
    check('dates', $fine(new DateTimeZone('Europe/Berlin'))->getName() === 'Europe/Berlin' && count([...$fine(new DatePeriod(new DateTime('2026-01-01'), new DateInterval('P1D'), 2))]) === 3);
    check('throwables', $fine([new LogicException('as a value')])[0]->getMessage() === 'as a value');
    // What these do without is their own affair.
    check('hooks', [$pool->add(fn() => window(Sleeps::class))->await()->name, $pool->add(fn() => window(Gives::class))->await()->name] === ['a window', 'a window']);
    check('a hook that restores', iterator_to_array($pool->add(fn() => window(Wakes::class))->await()) === [1 => 8]);
    $future = $pool->add(function () {
        $e = new Found('found');
        [$e->iterator, $e->rest] = [window(), ['kept', window()]];
        throw $e;
    });
    settle([$future]);
    $e = $future->error();
    echo '  ', $e::class, ' ', $e->getMessage(), ' ', json_encode([$e->iterator, $e->rest, lost($e)]), "\n";
}
?>
--EXPECT--
isolated
  Async\NotSerializableException IteratorIterator at ''
  Async\NotSerializableException Window at '["rows"][1]'
  Async\NotSerializableException Window at '["inside"]'
  Async\NotSerializableException RecursiveIteratorIterator at '->property'
  Async\NotSerializableException MultipleIterator at ''
  returned a value of type MultipleIterator that cannot be serialized: its class keeps its state in memory of its own, and does not serialize it
the engine's own: yes
dates: yes
throwables: yes
hooks: yes
a hook that restores: yes
  Found found [null,["kept",null],{"->iterator":"Window","->rest[1]":"Window"}]
warm
  Async\NotSerializableException IteratorIterator at ''
  Async\NotSerializableException Window at '["rows"][1]'
  Async\NotSerializableException Window at '["inside"]'
  Async\NotSerializableException RecursiveIteratorIterator at '->property'
  Async\NotSerializableException MultipleIterator at ''
  returned a value of type MultipleIterator that cannot be serialized: its class keeps its state in memory of its own, and does not serialize it
the engine's own: yes
dates: yes
throwables: yes
hooks: yes
a hook that restores: yes
  Found found [null,["kept",null],{"->iterator":"Window","->rest[1]":"Window"}]
