<?php

declare(strict_types=1);

use Async\Future;
use Async\Pool;
use Async\Status;
use PHPUnit\Framework\TestCase;
use React\EventLoop\Loop;
use React\EventLoop\StreamSelectLoop;
use React\Promise\Promise;
use React\Promise\PromiseInterface;

use function Async\async;
use function Async\Bridge\React\toPromise;

require_once __DIR__ . '/../../support/packages.php';
require_once __DIR__ . '/../../support/sync.php';

final class ReactTest extends TestCase
{
    protected function setUp(): void
    {
        if (!class_exists(Promise::class)) {
            $this->markTestSkipped('needs react/promise: tools/php-packages fetches it, or BRIDGE_VENDOR names a folder that has it');
        }
    }

    /** Runs the loop to its end, and gives what the promise was fulfilled with, or throws what it was rejected with. */
    private function outcome(PromiseInterface $promise): mixed
    {
        $value = null;
        $error = new LogicException('the loop has ended, and the promise is pending');
        $promise->then(
            static function (mixed $fulfilled) use (&$value, &$error): void {
                [$value, $error] = [$fulfilled, null];
            },
            static function (Throwable $rejected) use (&$error): void {
                $error = $rejected;
            },
        );
        Loop::run();
        return $error === null ? $value : throw $error;
    }

    public function testAPromiseIsFulfilledWithTheValueOrTheValues(): void
    {
        $pool = Pool::create()->concurrency(1);
        $pool['a'] = static fn() => 1;
        $pool['b'] = static fn() => 2;
        $this->assertSame(42, $this->outcome(toPromise(async(static fn() => 42))));
        $this->assertSame(['a' => 1, 'b' => 2], $this->outcome(toPromise($pool)));
        $this->assertSame(['x' => [3]], $this->outcome(toPromise(['x' => [async(static fn() => 3)]])));
        $this->assertSame(5, $this->outcome(toPromise(Future::resolved(5))));
    }

    public function testItIsRejectedWithWhatTheTaskThrew(): void
    {
        foreach ([
            DomainException::class => async(static fn() => throw new DomainException('no such order', 404)),
            Async\ProcessDiedException::class => async(static fn() => exit(3)),
            Async\TimeoutException::class => async(static fn() => sleep(PATIENCE))->timeout(0.01),
        ] as $class => $future) {
            try {
                $this->outcome(toPromise($future));
                $this->fail('no exception');
            } catch (Exception $error) {
                $this->assertSame([$class, $future->error()], [$error::class, $error]);
            }
        }
    }

    public function testTheLoopGoesOnMeanwhile(): void
    {
        // The tasks end when the loop has opened the gate: who blocks it, waits in vain.
        $gate = new Gate();
        $promises = [];
        $order = [];
        foreach (range(1, 5) as $n) {
            toPromise(async(static fn() => $gate->pass() ?? $n))->then(static function (int $n) use (&$order): void {
                $order[] = $n;
            });
        }
        Loop::get()->addTimer(0.01, static function () use ($gate, &$order): void {
            $order[] = 'the gate is opened';
            $gate->open(5);
        });
        Loop::run();
        $this->assertSame('the gate is opened', array_shift($order));
        $this->assertEqualsCanonicalizing(range(1, 5), $order);
    }

    public function testToCancelThePromiseEndsTheTask(): void
    {
        $task = async(static fn() => sleep(PATIENCE));
        $promise = toPromise($task);
        Loop::get()->addTimer(0.01, static fn() => $promise->cancel());
        try {
            $this->outcome($promise);
            $this->fail('no exception');
        } catch (Async\CancelledException $error) {
            $this->assertSame([$task->error(), Status::Cancelled], [$error, $task->status()]);
        }

        $pool = Pool::create()->concurrency(1);
        $pool['runs'] = static fn() => sleep(PATIENCE);
        $pool['queued'] = static fn() => sleep(PATIENCE);
        $promise = toPromise([async(static fn() => 1), $pool]);
        Loop::get()->addTimer(0.01, static fn() => $promise->cancel());
        $this->expectException(Async\CancelledException::class);
        $this->outcome($promise);
    }

    public function testWithAGraceTheTaskMayEndByItself(): void
    {
        $promise = toPromise(async(static function (): int {
            for ($i = 1; !Async\cancelled() && $i < 10_000 * PATIENCE; $i++) {
                usleep(100);
            }
            return $i;
        }), grace: PATIENCE);
        Loop::get()->addTimer(0.01, static fn() => $promise->cancel());
        $this->assertGreaterThan(0, $this->outcome($promise));
    }

    public function testACallbackMayRunTheLoop(): void
    {
        // As code does that waits for one promise in a callback of another.
        $gate = new Gate();
        $done = [];
        $watchdog = Loop::get()->addTimer(PATIENCE, static function () use (&$done): void {
            $done[] = 'nothing woke the loop';
            Loop::stop();
        });
        $futures = array_map(static fn(int $n) => async(static fn() => $gate->pass() ?? $n), [0, 1]);
        foreach ($futures as $n => $future) {
            $promises[$n] = toPromise($future);
        }
        foreach ($promises as $n => $promise) {
            $promise->then(static function () use ($n, $watchdog, &$done): void {
                $done[] = $n;
                count($done) === 1 ? Loop::get()->run() : Loop::get()->cancelTimer($watchdog);
            });
        }
        $gate->open(2);
        while (count(array_filter($futures, static fn(Future $future) => $future->status() === Status::Succeeded)) < 2) {
        }
        Loop::run();
        $this->assertEqualsCanonicalizing([0, 1], $done);
    }

    public function testALoopMayBeGiven(): void
    {
        $value = null;
        $loop = new StreamSelectLoop();
        toPromise(async(static fn() => 6), $loop)->then(static function (int $six) use (&$value): void {
            $value = $six;
        });
        $loop->run();
        $this->assertSame(6, $value);
    }

    public function testInATaskThereIsNoLoop(): void
    {
        $this->expectException(Async\AsyncError::class);
        $this->expectExceptionMessage('Async\Bridge\React\toPromise() cannot be called in a task');
        $this->outcome(toPromise(async(static fn() => toPromise(async(static fn() => 7)))));
    }
}
