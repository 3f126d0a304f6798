<?php

declare(strict_types=1);

use Async\Future;
use Async\Pool;
use Async\Status;
use PHPUnit\Framework\TestCase;
use Revolt\EventLoop;

use function Async\async;
use function Async\Bridge\Revolt\{await, iterate};

require_once __DIR__ . '/../../support/packages.php';
require_once __DIR__ . '/../../support/sync.php';

final class RevoltTest extends TestCase
{
    private string $watchdog = '';

    protected function setUp(): void
    {
        if (!class_exists(EventLoop::class)) {
            $this->markTestSkipped('needs revolt/event-loop: tools/php-packages fetches it, or BRIDGE_VENDOR names a folder that has it');
        }
        $this->watchdog = EventLoop::unreference(EventLoop::delay(3 * PATIENCE, static fn() => throw new LogicException('nothing woke the loop')));
    }

    protected function tearDown(): void
    {
        EventLoop::cancel($this->watchdog);
    }

    /** Runs the code in a fiber of the loop, to its end and that of the loop. */
    private function inLoop(Closure $code): mixed
    {
        $result = null;
        EventLoop::queue(static function () use ($code, &$result): void {
            $result = $code();
        });
        EventLoop::run();
        return $result;
    }

    public function testWhatIsAwaitedGivesWhatAsyncAwaitGives(): void
    {
        $make = static function (): array {
            $pool = Pool::create()->concurrency(2);
            foreach (['c', 'a', 'b'] as $key) {
                $pool[$key] = static fn() => strtoupper($key);
            }
            return [
                async(static fn() => 42),
                $pool,
                ['x' => async(static fn() => 1), 'more' => [7 => async(static fn() => null)], 'none' => []],
                (static function (): Generator {
                    yield 'twice' => async(static fn() => 'first');
                    yield 'twice' => async(static fn() => 'last');
                })(),
            ];
        };
        [$here, $there] = [$make(), $make()];
        foreach ($here as $i => $what) {
            $this->assertSame(Async\await($there[$i]), await($what), 'outside of fibers');
        }
        foreach ($make() as $i => $what) {
            $this->assertSame(Async\await($make()[$i]), $this->inLoop(static fn() => await($what)), 'in a fiber');
        }
    }

    public function testFailuresArriveAsTheyAre(): void
    {
        $ends = [
            DomainException::class => async(static fn() => throw new DomainException('no such order', 404)),
            Async\ProcessDiedException::class => async(static fn() => exit(3)),
            Async\TimeoutException::class => async(static fn() => sleep(PATIENCE))->timeout(0.01),
            Async\CancelledException::class => $cancelled = async(static fn() => sleep(PATIENCE)),
        ];
        EventLoop::defer(static function () use ($cancelled): void {
            $cancelled->cancel();
        });
        foreach ($ends as $class => $future) {
            try {
                await($future);
                $this->fail('no exception');
            } catch (Exception $error) {
                $this->assertSame([$class, true], [$error::class, $error === $future->error()]);
            }
        }
        $pool = Pool::create();
        $pool[] = static fn() => throw new LengthException('first');
        $pool[] = static fn() => throw new RangeException('second');
        $this->expectException(LengthException::class);
        await([async(static fn() => 1), $pool]);
    }

    public function testTheFiberIsSuspendedAndNotTheLoop(): void
    {
        // The tasks end when the loop has opened the gate: who blocks it, waits in vain.
        $gate = new Gate();
        $pool = Pool::create()->concurrency(2);
        for ($i = 0; $i < 6; $i++) {
            $pool[] = static function () use ($gate, $i): int {
                $gate->pass();
                return $i;
            };
        }
        $order = [];
        for ($fiber = 0; $fiber < 3; $fiber++) {
            EventLoop::queue(static function () use ($pool, $fiber, &$order): void {
                $order[] = "$fiber waits";
                $order[] = await([$pool[$fiber], $pool[5]]);
            });
        }
        EventLoop::delay(0.01, static function () use ($gate, &$order): void {
            $order[] = 'the gate is opened';
            $gate->open(6);
        });
        EventLoop::run();
        $this->assertSame(['0 waits', '1 waits', '2 waits', 'the gate is opened'], array_slice($order, 0, 4));
        $this->assertEqualsCanonicalizing([[0, 5], [1, 5], [2, 5]], array_slice($order, 4));
    }

    public function testATimerKeepsFiringWhileTasksEnd(): void
    {
        // A machine that is busy with something else makes any timer late. So it is compared with one beside which nothing
        // happens, and the best of some rounds counts.
        $latest = static function (int $times, Closure $each): float {
            $latest = 0.0;
            $due = hrtime(true) + 1e6;
            $timer = EventLoop::repeat(0.001, static function (string $timer) use ($each, &$times, &$latest, &$due): void {
                $now = hrtime(true);
                $latest = max($latest, ($now - $due) / 1e6);
                $due = $now + 1e6;
                if (--$times < 0) {
                    EventLoop::cancel($timer);
                } else {
                    $each();
                }
            });
            EventLoop::run();
            return $latest;
        };
        $extra = INF;
        for ($round = 0; $round < 20 && $extra >= 5.0; $round++) {
            $gate = new Gate();
            $pool = Pool::create()->concurrency(100);
            for ($i = 0; $i < 100; $i++) {
                $pool[] = static function () use ($gate, $i): int {
                    $gate->pass();
                    return $i;
                };
            }
            $alone = $latest(100, static fn() => null);
            $values = [];
            EventLoop::queue(static function () use ($pool, &$values): void {
                $values = await($pool);
            });
            $extra = min($extra, $latest(100, static fn() => $gate->open()) - $alone);
            $this->assertSame(range(0, 99), $values);
        }
        $this->assertLessThan(5.0, $extra, 'milliseconds');
    }

    public function testAFutureThatAHandlerReturnsIsWaitedForInTheLoop(): void
    {
        $gate = new Gate();
        $follow = static fn(int $value) => async(static function () use ($gate, $value): int {
            $gate->pass();
            return $value + 1;
        });
        $before = async(static fn() => 1)->then($follow);
        EventLoop::delay(0.01, static fn() => $gate->open(2));
        $after = async(static fn() => 2);
        EventLoop::queue(static function () use ($after, $follow): void {
            $after->then($follow);
        });
        $this->assertSame([2, 3], await([$before, $after]));
    }

    public function testWhenTheTimeIsOverOnlyTheWaitingEnds(): void
    {
        $gate = new Gate();
        $future = async(static function () use ($gate): int {
            $gate->pass();
            return 1;
        });
        foreach ([0.0, 0.01, 0.02] as $seconds) {
            try {
                await($future, $seconds);
                $this->fail('no exception');
            } catch (Async\TimeoutException $error) {
                $this->assertStringStartsWith("no result within $seconds s", $error->getMessage());
            }
        }
        $this->assertSame(Status::Running, $future->status());
        $gate->open();
        $this->assertSame(1, await($future, PATIENCE));
        $this->assertSame(1, await($future, 0.0));
        $this->expectException(ValueError::class);
        await($future, -1.0);
    }

    public function testRepeatsAndWhatWaitsForASlotBegin(): void
    {
        $file = tempnam(sys_get_temp_dir(), 'attempts');
        $pool = Pool::create()->concurrency(1)->retry(3, backoff: 0.01);
        $pool['again'] = static function () use ($file): int {
            file_put_contents($file, '.', FILE_APPEND);
            clearstatcache();
            return filesize($file) > 2 ? filesize($file) : throw new RuntimeException();
        };
        $pool['next'] = static fn() => 'too';
        $pool['next']->then(static function (string $value) use ($pool): void {
            $pool['added'] = static fn() => 'later';
        });
        $this->assertSame(['again' => 3, 'next' => 'too', 'added' => 'later'], $this->inLoop(static fn() => await($pool)));
        unlink($file);
    }

    public function testAnEndThatTheLoopHasNotSeenIsNotMissed(): void
    {
        // With this setting the handlers run in the middle of any code, and here in all that is not the bridge's.
        $before = ini_set('async.handlers', 'anywhere');
        $pool = Pool::create()->tasksPerChild(0);
        $gate = new Gate();
        $future = $pool->add(static fn() => $gate->pass());
        EventLoop::queue(static function () use ($future, $pool, $gate): void {
            EventLoop::queue(static function () use ($future, $pool, $gate): void {
                $gate->open();
                while (Async\select([$future], 0.0) === []) {
                    usleep(100);
                }
                $pool->stop();
                while (file_get_contents('/proc/self/task/' . getmypid() . '/children') !== '') {
                    $pool->tick();
                }
            });
            await($future);
        });
        EventLoop::run();
        ini_set('async.handlers', $before);
        $this->assertSame(Status::Succeeded, $future->status());
    }

    public function testIterateGivesFuturesAsTheyEnd(): void
    {
        [$slow, $quick, $inner] = [new Gate(), new Gate(), new Gate()];
        $pool = Pool::create();
        $pool['slow'] = static fn() => $slow->pass() ?? 'slow';
        $pool['fails'] = static fn() => throw new DomainException('fails');
        $pool['quick'] = static fn() => $quick->pass();
        $given = $this->inLoop(static function () use ($pool, $slow, $quick, $inner): array {
            foreach (iterate($pool) as $key => $future) {
                $given[$key] = $future->error()?->getMessage() ?? $future->await();
                if ($key === 'fails') {
                    $pool['quick']->then(static fn() => async(static fn() => $inner->pass() ?? 'quick'));
                    $quick->open();
                    EventLoop::delay(0.01, static fn() => $inner->open());
                } elseif ($key === 'quick') {
                    $pool['added'] = static fn() => 'later';
                } elseif ($key === 'added') {
                    $slow->open();
                }
            }
            return $given;
        });
        $this->assertSame(['fails' => 'fails', 'quick' => 'quick', 'added' => 'later', 'slow' => 'slow'], $given);

        $list = ['b' => async(static fn() => $slow->pass()), 'a' => async(static fn() => 1)];
        foreach (iterate($list) as $key => $future) {
            $keys[] = $key;
            $key === 'a' && $slow->open();
        }
        $this->assertSame(['a', 'b'], $keys);
        $list = ['never' => async(static fn() => $slow->pass()), 'a' => async(static fn() => 1)];
        foreach (iterate($list) as $key => $future) {
            break;
        }
        EventLoop::run(); // waits for nobody any more
        $this->assertSame(['a', Status::Running], [$key, $list['never']->status()]);
        $list['never']->cancel();
        $this->assertSame([], iterator_to_array(iterate(Pool::create())));

        $inTask = static function (): array {
            $pool = Pool::create();
            $pool['a'] = static fn() => 1;
            foreach (iterate($pool) as $key => $future) {
                $given[$key] = $future->await();
                isset($pool['b']) || $pool['b'] = static fn() => 2;
            }
            return $given;
        };
        $this->assertSame(['a' => 1, 'b' => 2], await(async($inTask)));
    }

    public function testAHandlerCannotSuspendAFiber(): void
    {
        $gate = new Gate();
        $other = async(static fn() => $gate->pass() ?? 'other');
        $future = async(static fn() => 1)->then(static fn() => await($other));
        try {
            await($future);
            $this->fail('no exception');
        } catch (FiberError) {
        }
        $gate->open();
        $this->assertSame('other', await($other), 'the loop works on');
    }

    public function testAForkOfTheApplicationGoesOnWithTheLoop(): void
    {
        $this->assertSame(1, await(async(static fn() => 1)));
        $pid = pcntl_fork();
        if ($pid === 0) {
            try {
                $gate = new Gate();
                EventLoop::delay(0.01, static fn() => $gate->open());
                $isFine = await(async(static fn() => $gate->pass() ?? 2)) === 2;
            } finally {
                pcntl_signal(SIGTERM, SIG_DFL); // a worker of another test may have a handler
                posix_kill(getmypid(), $isFine ?? false ? SIGTERM : SIGKILL); // it runs nothing of PHPUnit
            }
        }
        $this->assertSame(2, await(async(static fn() => 2)));
        pcntl_waitpid($pid, $status);
        $this->assertSame(SIGTERM, pcntl_wtermsig($status));
    }

    public function testInATaskThereIsNoLoop(): void
    {
        $notes = new Notes();
        EventLoop::delay(0.001, static fn() => $notes->write(getmypid()));
        $nested = static fn() => await(async(static function (): int {
            usleep(20_000);
            return getmypid();
        }));
        $this->assertNotSame(getmypid(), $this->inLoop(static fn() => await(async($nested))));
        $notes->write('end');
        $this->assertSame([(string) getmypid(), 'end'], [$notes->next(), $notes->next()]);
    }

    public function testFuturesWithoutTasksAndTasksInThisProcess(): void
    {
        $futures = array_map(Future::resolved(...), range(0, 2000));
        $turns = 0;
        EventLoop::unreference(EventLoop::repeat(0.0, static function () use (&$turns): void {
            $turns++;
        }));
        $this->assertSame(range(0, 2000), $this->inLoop(static fn() => await($futures)));
        $this->assertGreaterThan(1, $turns, 'so many take more than one turn of the loop');
        $before = ini_set('async.mode', 'sync');
        try {
            $this->assertSame(getmypid(), $this->inLoop(static fn() => await(async(static fn() => await(async(getmypid(...)))))));
        } finally {
            ini_set('async.mode', $before);
        }
        $this->expectException(OutOfBoundsException::class);
        await(Future::failed(new OutOfBoundsException()));
    }

    public function testWhatIsNoFutureIsATypeError(): void
    {
        $this->expectException(TypeError::class);
        $this->expectExceptionMessage('must contain only values of type Async\Future|Async\Pool|iterable, int given');
        await([async(static fn() => 1), 5]);
    }
}
