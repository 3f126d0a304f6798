--TEST--
warm() tells wrong arguments in PHP's own words, and when there can be no child
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$busy = Pool::create();
$busy[] = fn() => $gate->pass();
$stopped = Pool::create()->tasksPerChild(0)->stop();
foreach ([
    fn() => Pool::create()->warm(0),
    fn() => Pool::create()->warm(-1),
    fn() => Pool::create()->warm('x'),
    fn() => Pool::create()->warm(1, 2),
    fn() => $busy->warm(),
    fn() => $stopped->warm(),
] as $call) {
    echo told($call), "\n";
}
$gate->open();
$busy->wait();
echo told(fn() => $busy->warm(1)), "\n";
$elsewhere = Pool::create();
echo await(async(fn() => told(fn() => $elsewhere->warm()))), "\n";

// Another child has the only place. Where there is none a child can always be made, and where there are two, one is enough.
echo php(<<<'PHP'
    $gate = new Gate();
    $other = async(fn() => $gate->pass())->start();
    $pool = Pool::create()->concurrency(2);
    try {
        $pool->warm();
    } catch (CannotForkException $e) {
        echo $e->getMessage(), ' (', $e->errno === PCNTL_EAGAIN ? 'EAGAIN' : $e->errno, ")\n";
    }
    $gate->open();
    await([$other]);
    echo await([$pool->warm()->add(fn() => 'fine')])[0], "\n";
    PHP, '-d async.max_children=1'), php(<<<'PHP'
    echo await([Pool::create()->concurrency(8)->warm()->add(fn() => 'fewer')])[0], "\n";
    PHP, '-d async.max_children=2');
?>
--EXPECT--
ValueError: Async\Pool::warm(): Argument #1 ($workers) must be greater than or equal to 1
ValueError: Async\Pool::warm(): Argument #1 ($workers) must be greater than or equal to 1
TypeError: Async\Pool::warm(): Argument #1 ($workers) must be of type ?int, string given
ArgumentCountError: Async\Pool::warm() expects at most 1 argument, 2 given
Async\AsyncError: a pool cannot begin to use warm workers while tasks of it are queued, or run in children of their own: await it first, or call tasksPerChild(0) before they are added
Async\AsyncError: this pool was stopped: it starts nothing more, and needs no children
nothing thrown
Async\AsyncError: this pool belongs to the parent process: a task that needs one makes its own with Async\Pool::create()
no child could be forked: async.max_children is reached; raise it, or let other children end first (EAGAIN)
fine
exit 0
fewer
exit 0
