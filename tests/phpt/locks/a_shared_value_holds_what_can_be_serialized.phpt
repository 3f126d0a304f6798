--TEST--
A shared value holds what can be serialized and has room; otherwise it stays as it was
--FILE--
<?php
use Async\{LockException, NotSerializableException, Shared};
use function Async\{async, await};

class Point
{
    public function __construct(public int $x, private ?Point $next = null)
    {
    }

    public function __serialize(): array
    {
        return [$this->x, $this->next];
    }

    public function __unserialize(array $data): void
    {
        [$this->x, $this->next] = $data;
    }
}

$shared = new Shared(bytes: 100);
var_dump($shared->get());
$values = [1, -1.5, true, null, '', "\0bin", [1, 'a' => [2]], new Point(1, new Point(2)), new ArrayObject([1, 2])];
foreach ($values as $value) {
    $shared->set($value);
    $same = await(async(fn() => $shared->get() == $value));
    $same && $shared->get() == $value or print('not the same: ' . get_debug_type($value) . "\n");
}
$shared->set('kept');
foreach ([
    fn() => $shared->set(str_repeat('x', 101)),
    fn() => $shared->update(fn($value) => str_repeat($value, 50)),
    fn() => $shared->set(['f' => fn() => 1]),
    fn() => $shared->set(STDIN),
    fn() => $shared->update(fn() => $shared->set(1)),
    fn() => $shared->update(fn() => throw new DomainException('from the function')),
    fn() => new Shared('123456', 5),
] as $wrong) {
    try {
        $wrong();
        echo "nothing\n";
    } catch (LockException | NotSerializableException | DomainException $e) {
        echo $e::class, ': ', preg_replace('/\d+\)/', 'P)', $e->getMessage()), "\n";
    }
}
var_dump($shared->get(), $shared->update(fn($value) => "$value!"));
?>
--EXPECT--
NULL
Async\LockException: the value takes 101 bytes, and there is room for 100; make the Async\Shared with more bytes
Async\LockException: the value takes 200 bytes, and there is room for 100; make the Async\Shared with more bytes
Async\NotSerializableException: the value cannot be shared: Closure at $value["f"] cannot be serialized: Serialization of 'Closure' is not allowed
Async\NotSerializableException: the value cannot be shared: a value of type resource (stream) cannot be serialized: a resource belongs to the process that opened it
Async\LockException: this process (pid P) holds the lock of the shared value already, and would wait for itself for ever; release it first
DomainException: from the function
Async\LockException: the value takes 6 bytes, and there is room for 5; make the Async\Shared with more bytes
string(4) "kept"
string(5) "kept!"
