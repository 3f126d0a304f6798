<?php

declare(strict_types=1);

use Async\AsyncError;
use Async\CancelledException;
use Async\NotSerializableException;
use Async\ProcessDiedException;
use Async\Status;
use Async\TimeoutException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

use function Async\async;
use function Async\await;
use function Async\settle;

final class OutOfStock extends DomainException
{
    public function __construct(public readonly string $article, private int $wanted)
    {
        parent::__construct("$article is out of stock", 409);
    }

    public function wanted(): int
    {
        return $this->wanted;
    }
}

/**
 * What a program sees of tasks that fail.
 *
 * @requires extension async
 */
#[RequiresPhpExtension('async')]
final class FailuresTest extends TestCase
{
    public function testTheVeryExceptionOfTheTaskIsThrown(): void
    {
        $this->expectException(OutOfStock::class);
        $this->expectExceptionMessage('chairs is out of stock');
        $this->expectExceptionCode(409);

        await(async(fn () => throw new OutOfStock('chairs', 4)));
    }

    public function testItsPropertiesAreReadable(): void
    {
        try {
            await(async(fn () => throw new OutOfStock('chairs', 4)));
            self::fail('nothing was thrown');
        } catch (OutOfStock $e) {
            self::assertSame(['chairs', 4, __FILE__], [$e->article, $e->wanted(), $e->getFile()]);
        }
    }

    public function testAFailedAssertionInATaskFailsTheTest(): void
    {
        $this->expectException(PHPUnit\Framework\AssertionFailedError::class);
        $this->expectExceptionMessage('not in the child either');

        await(async(fn () => self::assertTrue(false, 'not in the child either')));
    }

    public function testAWarningInATaskIsWhatItIsInATest(): void
    {
        set_error_handler(static fn (int $type, string $message) => throw new ErrorException($message, 0, $type));
        try {
            $this->expectException(ErrorException::class);
            $this->expectExceptionMessage('Undefined array key 7');
            await(async(fn () => [][7]));
        } finally {
            restore_error_handler();
        }
    }

    /**
     * @dataProvider deaths
     */
    #[DataProvider('deaths')]
    public function testADeathIsToldFromAValue(callable $task, ?int $exitCode, ?string $signal): void
    {
        try {
            await(async($task));
            self::fail('a dead child gave a value');
        } catch (ProcessDiedException $e) {
            self::assertSame([$exitCode, $signal], [$e->exitCode, $e->signalName]);
            self::assertNotSame('', $e->getMessage());
        }
    }

    /** @return iterable<string, array{callable, ?int, ?string}> */
    public static function deaths(): iterable
    {
        yield 'exit' => [static fn () => exit(0), 0, null];
        yield 'exit with a code' => [static fn () => exit(12), 12, null];
        yield 'kill' => [static fn () => posix_kill(getmypid(), SIGKILL), null, 'SIGKILL'];
        yield 'terminate' => [static fn () => posix_kill(getmypid(), SIGTERM), null, 'SIGTERM'];
    }

    /**
     * @dataProvider unsendable
     */
    #[DataProvider('unsendable')]
    public function testWhatCannotBeSentIsNamed(callable $task, string $type): void
    {
        try {
            await(async($task));
            self::fail('it was sent');
        } catch (NotSerializableException $e) {
            self::assertSame($type, $e->type);
        }
    }

    /** @return iterable<string, array{callable, string}> */
    public static function unsendable(): iterable
    {
        yield 'a closure' => [static fn () => ['deep' => static fn () => 1], 'Closure'];
        yield 'a generator' => [static function () { yield 1; }, 'Generator'];
        yield 'a resource' => [static fn () => fopen(__FILE__, 'r'), 'resource (stream)'];
    }

    public function testTheTestCaseIsInTheTaskWithoutBeingSent(): void
    {
        self::assertSame(static::class, await(async(fn () => $this::class)));
    }

    public function testATimeout(): void
    {
        $this->expectException(TimeoutException::class);

        await(async(fn () => sleep(60))->timeout(0.05));
    }

    public function testACancellation(): void
    {
        $future = async(fn () => sleep(60));
        self::assertTrue($future->cancel());

        settle([$future]);
        self::assertSame(Status::Cancelled, $future->status());
        $this->expectException(CancelledException::class);
        await($future);
    }

    public function testWrongUseIsAnError(): void
    {
        $pool = new Async\Pool();
        $pool['a'] = $future = async(fn () => 1);

        try {
            $pool['b'] = $future;
            self::fail('one future is in the pool twice');
        } catch (AsyncError) {
            self::assertSame(['a' => 1], await($pool));
        }
    }

    public function testWrongArgumentsAreErrorsOfPhp(): void
    {
        $this->expectException(ValueError::class);
        $this->expectExceptionMessage('Async\Pool::concurrency(): Argument #1 ($n) must be greater than or equal to 1');

        Async\Pool::create()->concurrency(0);
    }

    public function testSettleShowsAllOutcomesAtOnce(): void
    {
        $statuses = array_map(fn ($future) => $future->status(), settle([
            'fine' => async(fn () => 1),
            'fails' => async(fn () => throw new OutOfStock('tables', 1)),
        ]));

        self::assertSame(['fine' => Status::Succeeded, 'fails' => Status::Failed], $statuses);
    }
}
