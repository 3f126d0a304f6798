--TEST--
An exit while a result is read, or a fiber that suspends there or in a hook and goes, leaves an outcome and all handlers behind
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

const ROW = <<<'CODE'
    define('ME', getmypid());
    final class Row
    {
        public function __serialize(): array { return ['x' => 1]; }
        public function __unserialize(array $data): void { getmypid() === ME && READ; }
    }
    $pool = Pool::create()->tasksPerChild(TASKS);
    $gate = new Gate();
    $late = new Gate(); // else the exit may come in the middle of the other's handler, and end that, too
    register_shutdown_function(fn() => $late->open());
    $future = $pool->add(fn() => $gate->pass() ?? new Row())->finally(function () { $GLOBALS['handled'][] = 'its own'; });
    $other = $pool->add(fn() => $late->pass() ?? 1)->finally(function () { $GLOBALS['handled'][] = 'the other'; });
    register_shutdown_function(function () use ($future, $other) {
        register_shutdown_function(function () use ($future, $other) { // after those of the extension
            echo $future->status()->name, ' ', told(fn() => await($future)), ', ', $other->status()->name, ', ';
            sort($GLOBALS['handled']);
            echo implode(', ', $GLOBALS['handled']), "\n";
        });
    });
    $gate->open();
    CODE;
foreach ([1, 0] as $tasks) {
    $row = strtr(ROW, ['TASKS' => $tasks]);
    echo php(strtr($row, ['READ' => 'exit(4)']) . 'await($future);');
    echo php(strtr($row, ['READ' => 'Fiber::suspend()', '$gate->open();' => '']) . '$fiber = new Fiber(function () use ($gate, $future) { $gate->open(); echo told(fn() => await($future)), "\n"; }); $fiber->start();');
}
// A hook may suspend: what it was called in the middle of goes on when the fiber does, or without it.
echo php(<<<'CODE'
    onFork(parent: function () { Fiber::getCurrent() && Fiber::suspend(); });
    $pool = Pool::create()->concurrency(1);
    $gate = new Gate();
    $parent = getmypid();
    // It ends when the other is awaited: at an interrupt before that a hook may not suspend.
    $failing = $pool->add(fn() => [$gate->pass(), in_state($parent, 'S'), throw new LogicException('the task')]);
    $queued = $pool->add(fn() => 'queued');
    (function () use ($queued, $gate) { (new Fiber(fn() => [$gate->open(), await($queued)]))->start(); })();
    settle($pool);
    echo $failing->status()->name, ', ', await($queued), ', ', $pool->status()->running, " running\n";
    $fiber = new Fiber(fn() => await(async(fn() => 'in a fiber')));
    $fiber->start();
    echo await($pool->add(fn() => 'meanwhile')), "\n";
    $fiber->resume();
    echo $fiber->getReturn(), "\n";
    CODE);
?>
--EXPECTF--
Failed Async\ProtocolException: task [0] (pid %d) has a result that was not read: exit() was called by code of its classes, or while they were loaded, Succeeded, its own, the other
exit 4
FiberError: Cannot switch fibers in current execution context
Failed FiberError: Cannot switch fibers in current execution context, Succeeded, its own, the other
exit 0
Failed Async\ProtocolException: task [0] (pid %d) has a result that was not read: exit() was called by code of its classes, or while they were loaded, Succeeded, its own, the other
exit 4
FiberError: Cannot switch fibers in current execution context
Failed FiberError: Cannot switch fibers in current execution context, Succeeded, its own, the other
exit 0
Failed, queued, 0 running
meanwhile
in a fiber
exit 0
