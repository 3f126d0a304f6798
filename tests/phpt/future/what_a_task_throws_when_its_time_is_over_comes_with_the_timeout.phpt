--TEST--
What a task, or an item of a map, throws because it is ended at its time limit is the previous exception of the TimeoutException; what it returns counts
--FILE--
<?php
use Async\{Pool, Status, TimeoutException};
use function Async\{async, await};

function task(): string
{
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, fn () => throw new DomainException('stopped'));
    while (true) {
        usleep(100_000);
    }
}

/** What it throws is longer than what fits into a pipe. */
function large(): string
{
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, fn () => throw new DomainException(str_repeat('x', 5_000_000)));
    while (true) {
        usleep(100_000);
    }
}

function told(callable $what): void
{
    try {
        echo json_encode($what()), "\n";
    } catch (Throwable $e) {
        $previous = $e->getPrevious();
        echo $e::class, $previous ? ' <- ' . $previous::class . ' ' . substr($previous->getMessage(), 0, 10) : '', "\n";
    }
}

told(fn () => await(async('task')->timeout(0.1)));
told(fn () => await(async('task')->timeout(0.1)->timeout(fn (TimeoutException $e) => 'in the handler')));
told(fn () => await(async('task')->timeout(0.1)->catch(fn (TimeoutException $e) => 'caught')));
$pool = Pool::create()->warm(1)->timeout(0.1);
$future = $pool->add(task(...));
told(fn () => await($future));
echo $future->status()->name, "\n";
echo "a map:\n";
$pool = Pool::create()->concurrency(1)->timeout(0.1);
$items = $pool->map([1, 2, 3, 4], function (int $n) {
    if ($n === 1) {
        throw new LogicException('in time');
    }
    return $n === 2 ? task() : ($n === 3 ? large() : $n);
}, catch: fn (Throwable $e, $item) => "$item: " . $e::class . ' <- ' . ($e->getPrevious() ? $e->getPrevious()::class : 'none'));
foreach ($items as $item) {
    echo $item, "\n";
}
echo "with a repeat, that asks for it: ";
$asked = [];
$pool = Pool::create()->timeout(0.1)->retry(1, if: function (Throwable $e) use (&$asked) {
    $asked[] = $e::class;
    return true;
});
told(fn () => await($pool->add(task(...))));
echo implode(' ', $asked), "\n";
echo "a large one: ";
$asked = [];
told(fn () => await($pool->add(large(...))));
echo implode(' ', $asked), "\n";
echo "what it returns: ";
told(fn () => await(async(function () {
    pcntl_async_signals(true);
    pcntl_signal(SIGTERM, function () use (&$asked) { $asked = true; });
    while ($asked !== true) {
        usleep(1000);
    }
    return 'what there is';
})->timeout(0.1)));
?>
--EXPECT--
Async\TimeoutException <- DomainException stopped
"in the handler"
"caught"
Async\TimeoutException <- DomainException stopped
TimedOut
a map:
1: LogicException <- none
2: Async\TimeoutException <- DomainException
3: Async\TimeoutException <- DomainException
4
with a repeat, that asks for it: Async\TimeoutException <- DomainException stopped
Async\TimeoutException
a large one: Async\TimeoutException <- DomainException xxxxxxxxxx
Async\TimeoutException
what it returns: "what there is"
