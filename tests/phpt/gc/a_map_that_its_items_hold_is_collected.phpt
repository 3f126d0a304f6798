--TEST--
A map whose function, items, source or results lead back to it is collected, and nobody waits for the rest of it
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Holder
{
    public mixed $iterator = null;

    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void {}
}

$gate = new Gate();
$kinds = [
    'its function' => fn(Pool $pool, Holder $holder) => $pool->map([1, 2, 3], function ($n) use ($holder, $gate) {
        $gate->pass();
        return $n;
    }),
    'its items' => fn(Pool $pool, Holder $holder) => $pool->map([$holder, 2, 3], fn() => $gate->pass()),
    'a generator' => fn(Pool $pool, Holder $holder) => $pool->map((function () use ($holder) {
        yield from range(1, 1000);
        yield $holder;
    })(), fn($n) => $gate->pass()),
    'the items of a generator' => fn(Pool $pool, Holder $holder) => $pool->map((function () use (&$holder) {
        $one = $holder;
        unset($holder);
        for (;;) {
            yield [$one];
        }
    })(), fn($n) => $gate->pass()),
    'an iterator' => fn(Pool $pool, Holder $holder) => $pool->map(new ArrayIterator([$holder]), fn($n) => $gate->pass()),
    'keys' => fn(Pool $pool, Holder $holder) => $pool->map((function () use (&$holder) {
        yield [$holder] => 1;
        unset($holder);
        yield from range(1, 1000);
    })(), fn($n) => $gate->pass()),
];
foreach ($kinds as $name => $map) {
    $weak = (function () use ($map) {
        $holder = new Holder();
        $holder->iterator = $map(Pool::create()->concurrency(2), $holder);
        return WeakReference::create($holder);
    })();
    gc_collect_cycles();
    $junk = array_map(fn($n) => [str_repeat('x', 300), fn() => print("not the function\n")], range(1, 1000));
    check($name, $weak->get() === null);
    $gate->open(8);
    await(async(fn() => null));
}
?>
--EXPECT--
its function: yes
its items: yes
a generator: yes
the items of a generator: yes
an iterator: yes
keys: yes
