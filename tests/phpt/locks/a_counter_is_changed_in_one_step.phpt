--TEST--
A counter is changed in one step by any process, and does not overflow
--FILE--
<?php
use Async\{Counter, Pool};
use function Async\await;

$counter = new Counter(5);
$pool = Pool::create()->concurrency(4);
for ($i = 0; $i < 4; $i++) {
    $pool[] = function () use ($counter) {
        for ($j = 0; $j < 1000; $j++) {
            $counter->add(2);
            do {
                $now = $counter->get();
            } while (!$counter->compareAndSet($now, $now - 1));
        }
    };
}
await($pool);
var_dump($counter->get(), $counter->set(PHP_INT_MAX), $counter->compareAndSet(1, 2));
foreach ([fn() => $counter->add(), fn() => $counter->add(1.5), fn() => new Counter('x')] as $wrong) {
    try {
        $wrong();
    } catch (Error $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
var_dump($counter->get() === PHP_INT_MAX, $counter->add(PHP_INT_MIN));
?>
--EXPECTF--
int(4005)
int(4005)
bool(false)
ValueError: Async\Counter::add(): Argument #1 ($by) must not take the counter out of the range of int

Deprecated: Implicit conversion from float 1.5 to int loses precision in %s on line %d
ValueError: Async\Counter::add(): Argument #1 ($by) must not take the counter out of the range of int
TypeError: Async\Counter::__construct(): Argument #1 ($value) must be of type int, string given
bool(true)
int(-1)
