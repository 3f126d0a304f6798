<?php

declare(strict_types=1);

use Async\Bridge\Remote\{Broker, Classes, Codec, Receiver, Sender, Throwables};
use Async\Bridge\{BrokerException, RefusedException, RemotePool, TooLargeException};
use Async\{AsyncError, CancelledException, ProcessDiedException, RemoteException, Status, Task, TimeoutException};
use PHPUnit\Framework\TestCase;

require_once __DIR__ . '/../../support/packages.php';

/** Without a broker; tests/broker has the real ones. */
final class RemotePoolTest extends TestCase
{
    private const KEY = '0123456789abcdef';

    public static function values(): iterable
    {
        $shared = new stdClass();
        $array = ['x'];
        $array['self'] = &$array[0];
        foreach ([null, true, false, 0, -5, 1.5, -1.0E+25, INF, -INF, PHP_INT_MIN, '', "a\";}\0\n", [[], [1 => ['a' => 2]]], [$shared, $shared], $array, Status::Failed,
            new ArrayObject(['O:8:"stdClass":0:{}']), new DateTimeImmutable('2026-01-02 03:04:05')] as $value) {
            yield [$value];
        }
    }

    public function testAWorkerRefusesAnOptionThatItDoesNotKnow(): void
    {
        $worker = escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg(dirname(__DIR__, 3) . '/php/bin/async-worker');
        foreach (['--worker=3', '-w', '--grace 5 --recycel=7'] as $options) {
            exec("$worker $options file.php 2>&1", $output, $code);
            $this->assertSame(64, $code);
            $this->assertSame('async-worker: there is no option ' . substr($options, strrpos(" $options", ' ')), $output[0]);
            $output = [];
        }
        exec("$worker --limit -1 --workers=2 file.php 2>&1", $output, $code);
        $this->assertSame([64, 'async-worker: there is no file file.php'], [$code, $output[0]]);
    }

    /** @dataProvider values */
    public function testWhatSerializeWritesIsReadWhenItsClassesAreAllowed(mixed $value): void
    {
        $classes = new Classes([stdClass::class, '\ArrayObject', 'dateTimeImmutable', Status::class]);
        $this->assertEquals($value, $classes->unserialize(serialize($value)));
    }

    public function testNothingIsMadeOfAClassThatIsNotAllowed(): void
    {
        foreach ([new ArrayObject(), ['a' => ['b' => new ArrayObject()]], Status::Failed, (object) ['x' => new ArrayObject()]] as $value) {
            try {
                (new Classes([stdClass::class]))->unserialize(serialize($value));
                $this->fail('it was let in');
            } catch (RefusedException $refused) {
                $this->assertMatchesRegularExpression('/class (ArrayObject|Async\\\\Status), which is not allowed/', $refused->getMessage());
            }
        }
        $this->assertSame(['O:11:"ArrayObject":0:{}'], (new Classes([]))->unserialize(serialize(['O:11:"ArrayObject":0:{}'])));
    }

    public function testDamagedBytesAreRefused(): void
    {
        $classes = new Classes([stdClass::class]);
        $bytes = serialize(['a' => (object) ['b' => 'text'], 1.5, null, true]);
        mt_srand(20261129);
        $whole = 0;
        for ($i = 0; $i < 3000; $i++) {
            $damaged = $bytes;
            $damaged[mt_rand(0, strlen($bytes) - 1)] = chr(mt_rand(32, 126));
            try {
                $classes->unserialize(mt_rand(0, 1) ? $damaged : substr($damaged, 0, mt_rand(0, strlen($damaged))));
                $whole++;
            } catch (RefusedException) {
            }
        }
        $this->assertGreaterThan(0, $whole);
        foreach (['', 'x', 'C:11:"ArrayObject":0:{}', 's:999:"a";', 'O:8:"stdClass":1:{', 'S:1:"a";'] as $wrong) {
            try {
                $classes->unserialize($wrong);
                $this->fail("taken: $wrong");
            } catch (RefusedException $refused) {
                $this->assertNotSame('', $refused->getMessage());
            }
        }
    }

    public function testOnlyWhatIsSignedForThisIsTaken(): void
    {
        $codec = static function (string $queue, string ...$keys): Codec {
            $codec = new Codec($queue);
            $codec->setKeys(...$keys);
            return $codec;
        };
        $body = $codec('q', self::KEY)->encode('task', ['id' => 'a.1'], 'i:1;', 'it');
        $this->assertSame([['id' => 'a.1'], 'i:1;'], $codec('q', self::KEY)->decode('task', $body));
        $this->assertSame([['id' => 'a.1'], 'i:1;'], $codec('q', strrev(self::KEY), self::KEY)->decode('task', $body));
        $unsigned = $codec('q')->encode('task', ['id' => 'a.1'], 'i:1;', 'it');
        $wrong = [
            'another key' => [$codec('q', strrev(self::KEY)), 'task', $body], 'another queue' => [$codec('r', self::KEY), 'task', $body],
            'a task as a result' => [$codec('q', self::KEY), 'result', $body], 'changed' => [$codec('q', self::KEY), 'task', strtr($body, ['i:1;' => 'i:2;'])],
            'another head' => [$codec('q', self::KEY), 'task', strtr($body, ['a.1' => 'a.2'])], 'not signed' => [$codec('q', self::KEY), 'task', $unsigned],
            'no key here' => [$codec('q'), 'task', $body], 'foreign' => [$codec('q'), 'task', 'hello'], 'no head' => [$codec('q'), 'task', "async-remote-1 unsigned\n[]\ni:1;"],
        ];
        foreach ($wrong as $what => [$by, $kind, $message]) {
            try {
                $by->decode($kind, $message);
                $this->fail($what);
            } catch (RefusedException $refused) {
                $this->assertStringNotContainsString(self::KEY, (string) $refused);
            }
        }
        $this->assertStringNotContainsString(self::KEY, print_r($codec('q', self::KEY), true));
        $this->expectException(ValueError::class);
        $codec('q', 'short');
    }

    public function testThrowablesArriveAsTheyWere(): void
    {
        $died = new ProcessDiedException('died', 3, new TypeError('first'));
        (new ReflectionProperty($died, 'exitCode'))->setValue($died, 5);
        $bytes = serialize(Throwables::toArray($died));
        $there = Throwables::fromArray(unserialize($bytes, ['allowed_classes' => false]), new Classes([]));
        $this->assertInstanceOf(ProcessDiedException::class, $there);
        $this->assertSame(['died', 3, 5, __FILE__, $died->getLine()], [$there->getMessage(), $there->getCode(), $there->exitCode, $there->getFile(), $there->getLine()]);
        $this->assertInstanceOf(TypeError::class, $there->getPrevious());
        $this->assertSame([], array_column($there->getTrace(), 'args'));

        $own = new class ('mine') extends LogicException {
            public array $more = [1];
        };
        $there = Throwables::fromArray(Throwables::toArray($own), new Classes([]));
        $this->assertInstanceOf(RemoteException::class, $there);
        $this->assertSame(['mine', ['more' => [1]]], [$there->getMessage(), $there->properties]);
        $this->assertInstanceOf(RemoteException::class, Throwables::fromArray(['class' => 'stdClass', 'trace' => 5, 'own' => 'x'], new Classes([])));
    }

    public function testAPoolSendsAgainWhatTheBrokerMayNotHave(): void
    {
        $broker = new BrokerInMemory();
        $pool = RemotePool::create($broker, 'q');
        foreach (['b', 'a'] as $key) {
            $pool[$key] = new Nothing();
        }
        $broker->isAway = true;
        $broker->answer = static fn(string $task) => "<$task>";
        $this->assertSame(['b' => '<b>', 'a' => '<a>'], $pool->await(10.0));
        $this->assertSame(2, $broker->reconnects);
        $this->assertSame(['b', 'a'], array_keys(iterator_to_array($pool)));
    }

    public function testABrokerThatStaysAwayIsTold(): void
    {
        $broker = new BrokerInMemory();
        $pool = RemotePool::create($broker, 'q')->patience(0.1);
        $pool[] = new Nothing();
        $broker->isAway = null;
        try {
            $pool->await(10.0);
            $this->fail('it is not there');
        } catch (BrokerException $error) {
            $this->assertSame(BrokerException::AWAY, $error->exitCode);
        }
        $broker->isAway = false;
        $broker->answer = static fn() => 1;
        $this->assertSame([1], $pool->await(10.0));
    }

    public function testASecondResultIsDroppedAndAHandlerMayWaitForAnotherOne(): void
    {
        $broker = new BrokerInMemory();
        $broker->times = 2;
        $broker->answer = static fn(string $task) => $task;
        $pool = RemotePool::create($broker, 'q');
        $pool['a'] = new Nothing();
        $pool['b'] = new Nothing();
        $seen = [];
        $pool['a']->then(static function () use ($pool, &$seen): string {
            $seen[] = $pool['b']->await(5.0);
            return 'changed';
        })->finally(static function () use (&$seen): void {
            $seen[] = 'finally';
        });
        $this->assertSame(['a' => 'changed', 'b' => 'b'], $pool->await(10.0));
        $this->assertSame(['b', 'finally'], $seen);
        $this->assertSame(2, $pool->tick());
    }

    public function testWrongUseIsToldAtOnce(): void
    {
        $pool = RemotePool::create(new BrokerInMemory(), 'q')->maxMessage(2000);
        foreach ([
            TypeError::class => static fn() => $pool['a'] = static fn() => 1, ValueError::class => static fn() => $pool['none'],
            TooLargeException::class => static fn() => $pool['large'] = new Nothing(str_repeat('x', 2000)),
        ] as $class => $wrong) {
            try {
                $wrong();
                $this->fail($class);
            } catch (Throwable $error) {
                $this->assertInstanceOf($class, $error);
            }
        }
        $this->assertCount(0, $pool);
        $pool['a'] = new Nothing();
        $in = Async\async(static fn() => $pool->tick());
        try {
            $in->await();
            $this->fail('in a task');
        } catch (AsyncError $error) {
            $this->assertStringContainsString('Make one in the task', $error->getMessage());
        }
        try {
            $pool['a']->await(0.05);
            $this->fail('nobody has answered');
        } catch (TimeoutException) {
        }
        $pool->stop();
        $pool['late'] = new Nothing();
        $this->assertSame(Status::Cancelled, $pool['late']->status());
        $this->assertTrue($pool['a']->cancel());
        $this->assertInstanceOf(CancelledException::class, $pool['a']->error());
        $this->assertSame([], $pool->await());
    }
}

final class Nothing implements Task
{
    public function __construct(private readonly string $text = '')
    {
    }

    public function run(): string
    {
        return $this->text;
    }
}

/** Answers what it is sent, and goes away. */
final class BrokerInMemory implements Broker, Sender
{
    /** true: until the next connection; null: for good */
    public ?bool $isAway = false;
    public ?Closure $answer = null;
    public int $times = 1;
    public int $reconnects = 0;
    private array $unconfirmed = [];
    private array $tasks = [];

    public function sender(string $queue): Sender
    {
        return $this;
    }

    public function receiver(string $queue, string $name, bool $takes): Receiver
    {
        throw new LogicException();
    }

    public function address(): string
    {
        return 'q.results.1';
    }

    public function send(string $id, string $body): void
    {
        $this->unconfirmed[$id] = true;
        $this->isAway === false || throw new BrokerException('away', BrokerException::AWAY);
        $this->tasks[] = (new Codec('q'))->decode('task', $body)[0];
    }

    public function receive(float $timeout): array
    {
        $this->isAway === false || throw new BrokerException('away', BrokerException::AWAY);
        if ($this->answer === null || $this->tasks === []) {
            usleep((int) ($timeout * 1e6));
            return [];
        }
        [$tasks, $this->tasks, $results] = [$this->tasks, [], []];
        foreach ($tasks as $head) {
            array_push($results, ...array_fill(0, $this->times, (new Codec('q'))->encode('result', ['id' => $head['id'], 'ok' => true], serialize(($this->answer)($head['task'])), 'it')));
        }
        return $results;
    }

    public function reconnect(array $sent): array
    {
        $this->reconnects++;
        if ($this->isAway === true && $this->reconnects > 1) {
            $this->isAway = false;
        }
        $this->isAway === false || throw new BrokerException('away', BrokerException::AWAY);
        return array_keys($this->unconfirmed);
    }

    public function forget(string $id): void
    {
        unset($this->unconfirmed[$id]);
    }

    public function close(): void
    {
    }
}
