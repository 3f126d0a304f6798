<?php

declare(strict_types=1);

use Async\Future;
use Async\Pool;
use Async\Status;
use Async\Task;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\Depends;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

use function Async\async;
use function Async\await;

final class Square implements Task
{
    public function __construct(private int $n)
    {
    }

    public function run(): int
    {
        return $this->n ** 2;
    }
}

/**
 * A pool as a program uses it.
 *
 * @requires extension async
 */
#[RequiresPhpExtension('async')]
final class PoolTest extends TestCase
{
    private int $counter = 0;

    private Pool $pool;

    protected function setUp(): void
    {
        $this->pool = Pool::create()->concurrency(3);
    }

    public function testItBehavesAsAnArray(): void
    {
        $this->pool['a'] = fn () => 1;
        $this->pool[] = new Square(3);

        self::assertCount(2, $this->pool);
        self::assertArrayHasKey('a', $this->pool);
        self::assertInstanceOf(Future::class, $this->pool[0]);
        self::assertSame(['a' => 1, 0 => 9], await($this->pool));

        unset($this->pool['a']);
        self::assertSame([0], $this->pool->keys());
    }

    public function testThePropertiesOfTheTestAreInTheTaskAndStayAsTheyAre(): void
    {
        $this->counter = 5;
        $this->pool[] = fn () => ++$this->counter;

        self::assertSame([6], await($this->pool));
        self::assertSame(5, $this->counter);
    }

    public function testHandlersChangeThem(): void
    {
        for ($i = 1; $i <= 10; $i++) {
            $this->pool[] = async(fn () => $i)->then(function (int $n): void {
                $this->counter += $n;
            });
        }
        $this->pool->wait();

        self::assertSame(55, $this->counter);
    }

    public function testForeachStreamsWhatHasEnded(): void
    {
        foreach (range(1, 20) as $n) {
            $this->pool["n$n"] = new Square($n);
        }
        $sum = 0;
        foreach ($this->pool as $key => $future) {
            self::assertSame(Status::Succeeded, $future->status());
            self::assertSame($key, $future->key());
            $sum += await($future);
        }

        self::assertSame(2870, $sum);
    }

    /**
     * @dataProvider values
     */
    #[DataProvider('values')]
    public function testAValueComesBackAsItIs(mixed $value): void
    {
        self::assertEquals($value, await(async(fn () => $value)));
        self::assertSame(serialize($value), serialize(await(async(fn () => $value))));
    }

    /** @return iterable<string, array{mixed}> */
    public static function values(): iterable
    {
        yield 'null' => [null];
        yield 'an integer' => [PHP_INT_MIN];
        yield 'a float' => [0.1 + 0.2];
        yield 'bytes' => ["\x00\xff\r\n"];
        yield 'a list' => [[1, [2, [3]]]];
        yield 'a map' => [['a' => 1, 5 => null, '' => true]];
        yield 'an object' => [(object) ['a' => (object) []]];
        yield 'a date' => [new DateTimeImmutable('2020-02-03 04:05:06')];
        yield 'an enum' => [Status::Succeeded];
    }

    public function testAStaticOfTheProcessIsNotSharedWithChildren(): int
    {
        static $calls = 0;
        await(async(function () use (&$calls): void {
            $calls += 100;
        }));

        self::assertSame(1, ++$calls);

        return $calls;
    }

    /**
     * @depends testAStaticOfTheProcessIsNotSharedWithChildren
     */
    #[Depends('testAStaticOfTheProcessIsNotSharedWithChildren')]
    public function testTheRunnerGoesOnInOneProcessOnly(int $calls): void
    {
        self::assertSame(1, $calls);
    }

    public function testMocksWorkInATask(): void
    {
        $task = $this->createMock(Task::class);
        $task->method('run')->willReturn('from the mock');
        $this->pool['mock'] = $task;

        self::assertSame(['mock' => 'from the mock'], await($this->pool));
    }

    public function testAThousandTasks(): void
    {
        for ($i = 0; $i < 1000; $i++) {
            $this->pool[] = fn () => $i;
        }

        self::assertSame(range(0, 999), await($this->pool));
        self::assertCount(0, $this->pool->clearFinished());
    }

    protected function tearDown(): void
    {
        $status = $this->pool->status();
        self::assertSame([0, 0], [$status->queued, $status->running]);
        // What has told its outcome may take a moment longer to go, but goes by itself.
        $deadline = hrtime(true) + 5_000_000_000;
        do {
            $children = trim(file_get_contents('/proc/self/task/' . getmypid() . '/children'));
        } while ($children !== '' && hrtime(true) < $deadline && usleep(100) === null);
        self::assertSame('', $children);
    }
}
