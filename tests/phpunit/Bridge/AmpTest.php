<?php

declare(strict_types=1);

use Amp\CancelledException;
use Amp\DeferredCancellation;
use Amp\TimeoutCancellation;
use Async\Pool;
use Async\Status;
use PHPUnit\Framework\TestCase;
use Revolt\EventLoop;

use function Async\async;
use function Async\Bridge\Amp\{await, toFuture};

require_once __DIR__ . '/../../support/packages.php';
require_once __DIR__ . '/../../support/sync.php';

final class AmpTest extends TestCase
{
    protected function setUp(): void
    {
        if (!class_exists(EventLoop::class)) {
            $this->markTestSkipped('needs revolt/event-loop: tools/php-packages fetches it, or BRIDGE_VENDOR names a folder that has it');
        }
    }

    public function testAFutureCompletesWithTheValueOrTheValues(): void
    {
        $pool = Pool::create();
        $pool['a'] = static fn() => 1;
        $pool['b'] = static fn() => 2;
        $gate = new Gate();
        $waiting = toFuture(async(static fn() => $gate->pass()));
        EventLoop::delay(0.01, static fn() => $gate->open());
        $this->assertNull($waiting->await());
        $this->assertSame(42, toFuture(async(static fn() => 42))->await());
        $this->assertSame(['a' => 1, 'b' => 2], toFuture($pool)->await());
        $this->assertSame(['x' => 3, 'y' => [4]], await(['x' => async(static fn() => 3), 'y' => [async(static fn() => 4)]]));
    }

    public function testItErrorsWithWhatTheTaskThrew(): void
    {
        foreach ([
            DomainException::class => async(static fn() => throw new DomainException('no such order', 404)),
            Async\ProcessDiedException::class => async(static fn() => posix_kill(getmypid(), SIGKILL)),
            Async\TimeoutException::class => async(static fn() => sleep(PATIENCE))->timeout(0.01),
        ] as $class => $future) {
            try {
                toFuture($future)->await();
                $this->fail('no exception');
            } catch (Exception $error) {
                $this->assertSame([$class, $future->error()], [$error::class, $error]);
            }
        }
    }

    public function testACancellationEndsTheTask(): void
    {
        $cancel = new DeferredCancellation();
        $task = async(static fn() => sleep(PATIENCE));
        $future = toFuture($task, $cancel->getCancellation());
        EventLoop::delay(0.01, static fn() => $cancel->cancel(new LogicException('why')));
        try {
            $future->await();
            $this->fail('no exception');
        } catch (CancelledException $error) {
            $this->assertSame('why', $error->getPrevious()?->getMessage());
        }
        $this->assertSame(Status::Cancelled, $task->status());

        $this->expectException(CancelledException::class);
        await(async(static fn() => sleep(PATIENCE)), new TimeoutCancellation(0.01));
    }

    public function testItEndsAPoolToo(): void
    {
        $pool = Pool::create()->concurrency(2);
        $pool['done'] = static fn() => 1;
        $pool['runs'] = static fn() => sleep(PATIENCE);
        $pool['too'] = static fn() => sleep(PATIENCE);
        $pool['queued'] = static fn() => sleep(PATIENCE);
        await($pool['done']);
        try {
            await($pool, new TimeoutCancellation(0.01));
            $this->fail('no exception');
        } catch (CancelledException) {
            $this->assertSame(['runs', 'too', 'queued'], array_keys($pool->getFailed()));
        }
    }

    public function testWithAGraceTheTaskMayEndByItself(): void
    {
        $notes = new Notes();
        $stop = static function (Closure $stopped) use ($notes): Closure {
            return static function () use ($notes, $stopped): mixed {
                $notes->write('runs');
                for ($i = 0; $i < 10_000 * PATIENCE; $i++) {
                    if (Async\cancelled()) {
                        return $stopped();
                    }
                    usleep(100);
                }
                return null;
            };
        };
        foreach ([static fn() => 'what was done', static fn() => Async\throwIfCancelled()] as $stopped) {
            $cancel = new DeferredCancellation();
            $future = toFuture(async($stop($stopped)), $cancel->getCancellation(), grace: PATIENCE);
            $notes->next();
            $cancel->cancel();
            try {
                $this->assertSame('what was done', $future->await());
                $ends[] = 'value';
            } catch (CancelledException) {
                $ends[] = 'cancelled';
            }
        }
        $this->assertSame(['value', 'cancelled'], $ends);
    }

    public function testOneThatWasRequestedBeforeStartsNothing(): void
    {
        $cancel = new DeferredCancellation();
        $cancel->cancel();
        $pool = Pool::create(); // while there is one, what is handed on has not started
        $task = null;
        try {
            (static function ($future) use (&$task, $cancel): void {
                $task = $future;
                await($task, $cancel->getCancellation());
            })(async(static fn() => 1));
            $this->fail('no exception');
        } catch (CancelledException) {
            $this->assertSame([Status::Cancelled, 0], [$task->status(), $task->attempts()]);
        }
    }

    public function testACancellationOfTheWaitingLeavesTheTaskAlone(): void
    {
        $gate = new Gate();
        $task = async(static fn() => $gate->pass() ?? 'done');
        $future = toFuture($task);
        try {
            $future->await(new TimeoutCancellation(0.01));
            $this->fail('no exception');
        } catch (CancelledException $error) {
            $this->assertInstanceOf(Amp\TimeoutException::class, $error->getPrevious());
        }
        $this->assertSame(Status::Running, $task->status());
        $gate->open();
        $this->assertSame('done', $future->await());
    }

    public function testATaskThatSomebodyElseHasCancelledIsTheExtensionsFailure(): void
    {
        $task = async(static fn() => sleep(PATIENCE));
        $future = toFuture($task, (new DeferredCancellation())->getCancellation());
        $task->cancel();
        $this->expectException(Async\CancelledException::class);
        $future->await();
    }

    public function testInATaskThereIsNoLoop(): void
    {
        $this->assertSame(7, await(async(static fn() => await(async(static fn() => 7)))));
        $this->expectException(Async\AsyncError::class);
        $this->expectExceptionMessage('Async\Bridge\Amp\toFuture() cannot be called in a task');
        await(async(static fn() => toFuture(async(static fn() => 7))));
    }
}
