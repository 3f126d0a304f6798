--TEST--
A function that retry(if:) asks gets a FiberError where it suspends a fiber; the failure that it was asked about is the previous one: of tasks, isolated and warm, and of items
--FILE--
<?php
use Async\Pool;
use function Async\await;

/** Says what was thrown, and what before. */
function chain(callable $waits): string
{
    try {
        $waits();
        return 'nothing';
    } catch (Throwable $e) {
        for ($chain = []; $e; $e = $e->getPrevious()) {
            $chain[] = $e::class . ' ' . $e->getMessage();
        }
        return implode(', after ', $chain);
    }
}

$throws = fn() => throw new DomainException('original');
$fiber = new Fiber(function () use ($throws): void {
    foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
        foreach (['suspends' => fn() => Fiber::suspend(), 'throws' => fn() => throw new LogicException('of if')] as $does => $if) {
            $pool = Pool::create()->tasksPerChild($tasks)->retry(2, if: $if);
            echo "$kind, $does: ", chain(fn() => await($pool->add($throws))), "\n";
        }
    }
    foreach (['suspends' => fn() => Fiber::suspend(), 'throws' => fn() => throw new LogicException('of if')] as $does => $if) {
        echo "map, $does: ", chain(fn() => iterator_to_array(Pool::create()->retry(2, if: $if)->map([1], $throws))), "\n";
    }
});
$fiber->start();
var_dump($fiber->isTerminated());
?>
--EXPECT--
isolated, suspends: FiberError Cannot switch fibers in current execution context, after DomainException original
isolated, throws: LogicException of if, after DomainException original
warm, suspends: FiberError Cannot switch fibers in current execution context, after DomainException original
warm, throws: LogicException of if, after DomainException original
map, suspends: FiberError Cannot switch fibers in current execution context, after DomainException original
map, throws: LogicException of if, after DomainException original
bool(true)
