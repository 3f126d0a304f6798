<?php

declare(strict_types=1);

use Async\Future;
use Async\Pool;
use Async\Testing\FutureAssertions;
use Async\Testing\SyncTasks;
use PHPUnit\Framework\TestCase;

use function Async\async;
use function Async\await;

require_once __DIR__ . '/../../php/src/Testing/SyncTasks.php';
require_once __DIR__ . '/../../php/src/Testing/FutureAssertions.php';

interface Mailer
{
    public function send(string $to): bool;
}

/** Code under test: it runs tasks. */
final class Newsletter
{
    public function __construct(private readonly Mailer $mailer) {}

    /** @return array<string, bool> */
    public function sendTo(string ...$all): array
    {
        $pool = Pool::create()->retry(1);
        foreach ($all as $one) {
            $pool[$one] = fn() => $this->mailer->send($one);
        }
        return await($pool);
    }
}

/** Code under test: it is given a future. */
final class Greeting
{
    public function of(Future $name): Future
    {
        return $name->then(fn(string $name) => "Hello $name")->catch(fn(DomainException $e) => 'Hello you');
    }
}

final class SyncTasksTest extends TestCase
{
    use FutureAssertions;
    use SyncTasks;

    public function testAMockIsCalledByTasks(): void
    {
        $mailer = $this->createMock(Mailer::class);
        $mailer->expects($this->exactly(2))->method('send')->willReturn(true);
        $this->assertSame(['a@x' => true, 'b@x' => true], (new Newsletter($mailer))->sendTo('a@x', 'b@x'));
    }

    public function testAMockThatThrowsOnceIsCalledAgain(): void
    {
        $mailer = $this->createMock(Mailer::class);
        $calls = 0;
        $mailer->method('send')->willReturnCallback(function () use (&$calls) {
            return ++$calls === 1 ? throw new RuntimeException('busy') : true;
        });
        $this->assertSame(['a@x' => true], (new Newsletter($mailer))->sendTo('a@x'));
        $this->assertSame(2, $calls);
    }

    public function testATestCanHaveProcesses(): void
    {
        $this->assertSame(getmypid(), await(async(getmypid(...))));
        $this->runTasksInProcesses();
        $this->assertNotSame(getmypid(), await(async(getmypid(...))));
    }

    /** @depends testATestCanHaveProcesses */
    #[\PHPUnit\Framework\Attributes\Depends('testATestCanHaveProcesses')]
    public function testTheNextOneRunsTasksInItselfAgain(): void
    {
        $this->assertSame('sync', ini_get('async.mode'));
        $this->runTasksAsBefore();
        $this->assertSame('process', ini_get('async.mode'));
    }

    public function testFuturesCanBeMade(): void
    {
        $greeting = new Greeting();
        $this->assertResolves('Hello Ada', $greeting->of(Future::resolved('Ada')));
        $this->assertResolves('Hello you', $greeting->of(Future::failed(new DomainException('unknown'))));
        $error = $this->assertFails(LogicException::class, $greeting->of(Future::failed(new LengthException('too long'))));
        $this->assertSame('too long', $error->getMessage());
        $this->assertFailsWith(LengthException::class, 'too long', Future::failed($error));
        $this->assertResolves(new ArrayObject([1]), Future::resolved(new ArrayObject([1])));
    }

    public function testAWrongFutureIsAFailedTest(): void
    {
        foreach ([
            fn() => $this->assertResolves(1, Future::resolved(2)),
            fn() => $this->assertFails(DomainException::class, Future::resolved(1)),
            fn() => $this->assertFails(DomainException::class, Future::failed(new RangeException('x'))),
        ] as $wrong) {
            try {
                $wrong();
                $failed = false;
            } catch (PHPUnit\Framework\ExpectationFailedException) {
                $failed = true;
            }
            $this->assertTrue($failed);
        }
    }
}
