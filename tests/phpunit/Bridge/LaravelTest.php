<?php

declare(strict_types=1);

use Async\Bridge\Laravel\{ParallelWorker, WorkCommand};
use Async\{ProcessDiedException, TimeoutException};
use Illuminate\Container\Container;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Events\Dispatcher as DispatcherContract;
use Illuminate\Events\Dispatcher;
use Illuminate\Queue\Events\{JobExceptionOccurred, JobFailed, JobProcessed, JobProcessing, JobTimedOut, Looping, WorkerStopping};
use Illuminate\Queue\{QueueManager, Worker, WorkerOptions};
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../support/packages.php';
require_once __DIR__ . '/../../support/illuminate.php';

/** ILLUMINATE_ROOT=/path/usr/share/php takes another version of Laravel's queue than that of this machine. */
final class LaravelTest extends TestCase
{
    private string $ledger;
    private Container $container;
    private JobsInMemory $jobs;

    /** @var array<string, int> */
    private array $events = [];

    /** @var list<Throwable> */
    private array $reported = [];

    protected function setUp(): void
    {
        if (!class_exists(Worker::class) || !class_exists(Dispatcher::class)) {
            $this->markTestSkipped('needs illuminate/queue and illuminate/events (make services)');
        }
        $this->ledger = (string) tempnam(sys_get_temp_dir(), 'laravel');
        putenv("LARAVEL_LEDGER=$this->ledger");
    }

    protected function tearDown(): void
    {
        @unlink($this->ledger ?? '');
        Container::setInstance(null);
    }

    /** @return list<string> */
    private function notes(): array
    {
        return (array) file($this->ledger, FILE_IGNORE_NEW_LINES);
    }

    private function worker(array $bodies): ParallelWorker
    {
        $this->events = $this->reported = [];
        $this->container = new Container();
        Container::setInstance($this->container);
        $this->jobs = new JobsInMemory($this->container, $bodies);
        $events = new Dispatcher($this->container);
        $this->container->instance(DispatcherContract::class, $events);
        $deadline = hrtime(true) + 60_000_000_000;
        foreach ([JobProcessing::class, JobProcessed::class, JobExceptionOccurred::class, JobFailed::class, JobTimedOut::class, WorkerStopping::class] as $class) {
            $events->listen($class, function (object $event) use ($class): void {
                $name = substr($class, (int) strrpos($class, '\\') + 1);
                $this->events[$name] = ($this->events[$name] ?? 0) + 1;
            });
        }
        $events->listen(Looping::class, static fn() => hrtime(true) < $deadline ? null : throw new LogicException('in vain'));
        $manager = new class ($this->container, $this->jobs) extends QueueManager {
            public function __construct($app, private readonly object $jobs)
            {
                parent::__construct($app);
            }

            public function connection($name = null)
            {
                return $this->jobs;
            }
        };
        $handler = new class ($this->reported) implements ExceptionHandler {
            public function __construct(private array &$reported)
            {
            }

            public function report(Throwable $e): void
            {
                $this->reported[] = $e;
            }

            public function shouldReport(Throwable $e): bool
            {
                return true;
            }

            public function render($request, Throwable $e)
            {
            }

            public function renderForConsole($output, Throwable $e): void
            {
            }
        };
        return (new ParallelWorker($manager, $events, $handler, static fn() => false))->parallel(3);
    }

    private static function options(array $options = []): WorkerOptions
    {
        $made = new WorkerOptions();
        foreach ($options + ['sleep' => 0.02, 'stopWhenEmpty' => true, 'memory' => 512] as $name => $value) {
            $made->$name = $value;
        }
        return $made;
    }

    private static function jobs(int $n, array $data = []): array
    {
        return array_map(static fn(int $i) => ['data' => ['name' => "n$i"] + $data], range(1, $n));
    }

    public function testEachJobRunsInAChildAndIsDeletedHere(): void
    {
        $worker = $this->worker(self::jobs(10));
        $this->assertSame(0, $worker->daemon('memory', 'default', self::options()));
        $this->assertCount(10, $this->jobs->deleted);
        $pids = array_map(static fn(string $note) => explode(' ', $note)[1], $this->notes());
        $this->assertCount(10, array_unique($pids));
        $this->assertNotContains((string) getmypid(), $pids);
        $this->assertContains($this->jobs->most, [2, 3]);
        $this->assertEquals(['JobProcessing' => 10, 'JobProcessed' => 10, 'WorkerStopping' => 1], $this->events);
    }

    public function testWhatFailsIsTriedAgainAndGivenUp(): void
    {
        $worker = $this->worker([
            ['data' => ['name' => 'throw', 'does' => 'throw']], ['data' => ['name' => 'twice', 'does' => 'twice']], ['data' => ['name' => 'release', 'does' => 'release']],
            ['data' => ['name' => 'fail', 'does' => 'fail']], ['data' => ['name' => 'exit', 'does' => 'exit']], ['data' => ['name' => 'right']],
        ]);
        for ($i = 0; $i < 3; $i++) { // a queue that is empty while jobs run has ended
            $worker->daemon('memory', 'default', self::options(['maxTries' => 2]));
        }
        sort($this->jobs->deleted);
        $this->assertSame(['exit', 'fail', 'release', 'right', 'throw', 'twice'], $this->jobs->deleted);
        $this->assertSame(['exit' => 2, 'fail' => 1, 'release' => 2, 'right' => 1, 'throw' => 2, 'twice' => 2], (static function (array $notes): array {
            $count = array_count_values(array_map(static fn(string $note) => strtok($note, ' '), preg_grep('/^failed /', $notes, PREG_GREP_INVERT)));
            ksort($count);
            return $count;
        })($this->notes()));
        $failed = array_values(preg_grep('/^failed /', $this->notes()));
        sort($failed);
        $this->assertSame(['failed exit', 'failed fail', 'failed throw'], $failed);
        $this->assertSame(3, $this->events['JobFailed']);
        $classes = array_count_values(array_map(get_class(...), $this->reported));
        $this->assertSame([2, 3], [$classes[ProcessDiedException::class], $classes[LaravelJobFailed::class]]);
    }

    public function testTheTimeLimitOfWorkerOrJobHolds(): void
    {
        $worker = $this->worker([['data' => ['name' => 'a', 'does' => 'sleep'], 'timeout' => 1], ['data' => ['name' => 'b']]]);
        $this->assertSame(0, $worker->daemon('memory', 'default', self::options(['maxTries' => 1, 'timeout' => 60])));
        sort($this->jobs->deleted);
        $this->assertSame(['a', 'b'], $this->jobs->deleted);
        $this->assertSame([class_exists(JobTimedOut::class) ? 1 : 0, 1], [$this->events['JobTimedOut'] ?? 0, $this->events['JobFailed']]);
        $this->assertInstanceOf(TimeoutException::class, $this->reported[0]);
    }

    public function testLimitsHold(): void
    {
        $worker = $this->worker(self::jobs(9));
        $worker->daemon('memory', 'default', self::options(['maxJobs' => 4, 'stopWhenEmpty' => false]));
        $this->assertSame([4, 5], [count($this->jobs->deleted), count($this->jobs->waiting)]);
        $worker->runNextJob('memory', 'default', self::options());
        $this->assertSame([5, 4], [count($this->jobs->deleted), count($this->jobs->waiting)]);
    }

    public function testSigtermFinishesWhatWasBegun(): void
    {
        $worker = $this->worker(self::jobs(3));
        $this->container->make(DispatcherContract::class)->listen(JobProcessed::class, static fn() => posix_kill(getmypid(), SIGTERM));
        $this->assertSame(0, $worker->daemon('memory', 'default', self::options(['stopWhenEmpty' => false, 'sleep' => 30])));
        $this->assertSame([0, 3], [$this->jobs->out, count($this->jobs->deleted) + count($this->jobs->waiting)]);
        pcntl_signal(SIGTERM, SIG_DFL);
        pcntl_async_signals(false);
    }

    public function testAChildLeavesTheConnectionsOfItsParent(): void
    {
        $worker = $this->worker([['data' => ['name' => 'a', 'does' => 'db']]]);
        $database = new class ($this->ledger) {
            public array $connections;

            public function __construct(string $ledger)
            {
                $this->connections = [new class ($ledger) {
                    public function __construct(private readonly string $ledger)
                    {
                    }

                    public function __destruct()
                    {
                        @file_put_contents($this->ledger, "goodbye\n", FILE_APPEND);
                    }
                }];
            }
        };
        $this->container->singleton('db', static fn() => $database);
        $this->container->make('db');
        $worker->daemon('memory', 'default', self::options());
        $this->assertSame('db 0', $this->notes()[1]);
        $this->assertCount(2, $this->notes());
        $this->assertCount(1, $database->connections);
    }

    public function testTheCommandHasTheOptionsOfQueueWork(): void
    {
        if (!class_exists(Illuminate\Queue\Console\WorkCommand::class) || !class_exists(Symfony\Component\Console\Command\Command::class) || !class_exists(Illuminate\Console\Command::class)) {
            $this->markTestSkipped('needs illuminate/console');
        }
        $cache = $this->createMock(Illuminate\Contracts\Cache\Repository::class);
        $command = new WorkCommand($this->worker([]), $cache);
        $this->assertSame('async:work', $command->getName());
        foreach (['parallel', 'timeout', 'max-jobs', 'tries', 'once', 'queue'] as $option) {
            $this->assertTrue($command->getDefinition()->hasOption($option), $option);
        }
        $this->assertSame('8', $command->getDefinition()->getOption('parallel')->getDefault());
    }
}
