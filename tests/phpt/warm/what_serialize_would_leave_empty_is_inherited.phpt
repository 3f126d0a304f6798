--TEST--
A task, or an item, with an object whose state its extension does not serialize is given to a child that is forked for it, and finds the object as it was
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

class Window extends LimitIterator implements Async\Task
{
    public function run(): mixed { return implode(',', iterator_to_array($this, false)); }
    public function of(string $what): string { return $what . ': ' . $this->run(); }
    public function __invoke(): string { return $this->run(); }
    public function bound(): Closure { return fn() => $this->run(); }
}
function window(int $from): Window { return new Window(new ArrayIterator(range(0, 100)), $from, 3); }

$pool = warm();
$window = window(5);
$holder = (object) ['list' => [window(7)]];
foreach ([
    'captured' => fn() => $window->run(),
    'inside' => fn() => $holder->list[0]->run(),
    'bound to it' => window(9)->bound(),
    'a method of it' => [window(11), 'run'],
    'a method of it, as a closure' => window(13)->run(...),
    'itself' => window(15),
] as $name => $task) {
    echo "$name: ", sent($pool, $task), "\n";
}
echo 'as an argument: ', sent($pool, Async\async(fn(Window $window) => $window->run(), window(17))), "\n";

$windows = (function () { for ($i = 20; $i < 25; $i++) { yield window($i); } })();
echo 'items: ', json_encode(iterator_to_array($pool->map($windows, fn(Window $window) => $window->run()))), "\n";
$e = failure(fn() => Async\map([1], fn() => window(1)));
echo 'a result of an item: ', $e::class, ' ', $e->type, "\n";
?>
--EXPECT--
captured: "5,6,7" (Inherited)
inside: "7,8,9" (Inherited)
bound to it: "9,10,11" (Inherited)
a method of it: "11,12,13" (Inherited)
a method of it, as a closure: "13,14,15" (Inherited)
itself: "15,16,17" (Inherited)
as an argument: "17,18,19" (Inherited)
items: ["20,21,22","21,22,23","22,23,24","23,24,25","24,25,26"]
a result of an item: Async\NotSerializableException Window
