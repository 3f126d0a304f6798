--TEST--
Every kind of callable that is made after the fork is sent to a warm worker, and does there what it does here
--FILE--
<?php
use Async\Task;
use function Async\async;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

function adds(int ...$n)
{
    return array_sum($n);
}

/** What a function returns is not started here: it may go into a pool. */
function handed_on(mixed ...$arguments): Async\Future
{
    return async(...$arguments);
}

function makes()
{
    return fn($x = 1) => fn() => $x + 1;
}

trait Shared
{
    public function closure()
    {
        return fn() => [self::class, static::class, __CLASS__, $this->secret()];
    }

    public static function staticClosure()
    {
        return static fn() => [self::class, static::class];
    }

    private function secret()
    {
        return 'secret';
    }
}

class A
{
    use Shared;

    public function __construct(public int $v = 5)
    {
    }

    public function m($a = 1)
    {
        return $this->v + $a;
    }

    public static function s()
    {
        return static::class;
    }

    private function hidden()
    {
        return "hidden $this->v";
    }

    public function hiddenClosure()
    {
        return $this->hidden(...);
    }

    public function __call($name, $args)
    {
        return "__call $name";
    }

    public static function __callStatic($name, $args)
    {
        return "__callStatic $name " . static::class;
    }

    public function __invoke()
    {
        return "invoked $this->v";
    }
}

class B extends A
{
    public function parents()
    {
        return parent::s(...);
    }
}

final class Doubles implements Task
{
    public function __construct(private int $x)
    {
    }

    public function run(): mixed
    {
        return $this->x * 2;
    }
}

enum Suit: string
{
    case Hearts = 'h';
    case Spades = 's';

    public function label()
    {
        return ucfirst(strtolower($this->name));
    }

    public static function first()
    {
        return self::Hearts->name;
    }

    public function closure()
    {
        return fn() => $this->name;
    }
}

$pool = warm();
$x = 7;
$a = new A(9);
[$one, $two] = [fn() => 'one', fn() => 'two'];
$anonymous = new class {
    public static function closure()
    {
        return fn() => 'anonymous';
    }
};
$tasks = [
    'closure' => function () use ($x) { return $x; },
    'static closure' => static function () use ($x) { return $x; },
    'arrow function' => fn() => $x + 1,
    'nested' => makes()(41),
    'one of two on a line' => $one,
    'the other' => $two,
    'strlen(...)' => handed_on(strlen(...), 'abcd'),
    'strlen' => handed_on('strlen', 'abcd'),
    'adds(...)' => handed_on(adds(...), 1, 2, 3),
    'method(...)' => $a->m(...),
    'static method(...)' => A::s(...),
    'inherited static method(...)' => B::s(...),
    'parent::method(...)' => (new B())->parents(),
    'private method(...)' => $a->hiddenClosure(),
    'object and method' => [$a, 'm'],
    'class and method' => ['B', 's'],
    'Class::method' => 'B::s',
    'invokable' => $a,
    'Task' => new Doubles(21),
    'closure of a trait' => (new B())->closure(),
    'static closure of a trait' => B::staticClosure(),
    'method of an enum' => Suit::Spades->label(...),
    'case and method' => [Suit::Spades, 'label'],
    'static method of an enum' => Suit::first(...),
    'closure of an enum' => Suit::Hearts->closure(),
    'static closure of an anonymous class' => $anonymous::closure(),
    '__call' => [$a, 'nothing'],
    '__call(...)' => $a->nothing(...),
    '__callStatic' => 'B::nothing',
    '__callStatic(...)' => B::nothing(...),
    'named arguments' => handed_on(fn(int $a, int $b) => $a - $b, b: 1, a: 5),
    'variadic' => handed_on(fn(...$all) => $all, 1, 2, z: 3),
    'bound to another object' => Closure::bind(fn() => $this->hidden(), $a, A::class),
    'bound to an object of a subclass' => Closure::bind(fn() => [$this->hidden(), static::class, self::class], new B(), A::class),
    'bound to a scope' => Closure::bind(static fn() => static::class, null, B::class),
    'not bound' => static fn() => isset($this),
    'of a generator' => (function () { yield fn() => 'generated'; })()->current(),
    'evaluated' => eval('return fn() => "evaluated $x";'),
];
foreach ($tasks as $name => $task) {
    echo "$name: ", sent($pool, $task), "\n";
}
?>
--EXPECT--
closure: 7 (Sent)
static closure: 7 (Sent)
arrow function: 8 (Sent)
nested: 42 (Sent)
one of two on a line: "one" (Sent)
the other: "two" (Sent)
strlen(...): 4 (Sent)
strlen: 4 (Sent)
adds(...): 6 (Sent)
method(...): 10 (Sent)
static method(...): "A" (Sent)
inherited static method(...): "B" (Sent)
parent::method(...): "B" (Sent)
private method(...): "hidden 9" (Sent)
object and method: 10 (Sent)
class and method: "B" (Sent)
Class::method: "B" (Sent)
invokable: "invoked 9" (Sent)
Task: 42 (Sent)
closure of a trait: ["A","B","A","secret"] (Sent)
static closure of a trait: ["A","B"] (Sent)
method of an enum: "Spades" (Sent)
case and method: "Spades" (Sent)
static method of an enum: "Hearts" (Sent)
closure of an enum: "Hearts" (Sent)
static closure of an anonymous class: "anonymous" (Sent)
__call: "__call nothing" (Sent)
__call(...): "__call nothing" (Sent)
__callStatic: "__callStatic nothing B" (Sent)
__callStatic(...): "__callStatic nothing B" (Sent)
named arguments: 4 (Sent)
variadic: {"0":1,"1":2,"z":3} (Sent)
bound to another object: "hidden 9" (Sent)
bound to an object of a subclass: ["hidden 5","B","A"] (Sent)
bound to a scope: "B" (Sent)
not bound: false (Sent)
of a generator: "generated" (Sent)
evaluated: "evaluated 7" (Sent)
