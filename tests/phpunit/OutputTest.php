<?php

declare(strict_types=1);

use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\Attributes\RequiresPhpExtension;
use PHPUnit\Framework\TestCase;

use function Async\async;
use function Async\await;

/**
 * PHPUnit buffers what a test prints. Children must not print that buffer a second time.
 *
 * @requires extension async
 */
#[RequiresPhpExtension('async')]
final class OutputTest extends TestCase
{
    public function testOutputOfTheTestIsCountedOnce(): void
    {
        $this->expectOutputString('before, after');

        echo 'before';
        await([async(fn () => 1), async(fn () => 2)]);
        echo ', after';
    }

    public function testOutputOfHandlersIsTheTests(): void
    {
        $this->expectOutputString('123');

        $pool = Async\Pool::create()->concurrency(1);
        foreach ([1, 2, 3] as $n) {
            $pool[] = async(fn () => $n)->then(function (int $n): void {
                echo $n;
            });
        }
        await($pool);
    }

    public function testFailingTasksPrintNothing(): void
    {
        $this->expectOutputString('');

        foreach ([fn () => throw new DomainException('x'), fn () => exit(0), fn () => fn () => 1] as $task) {
            try {
                await(async($task));
                self::fail('it gave a value');
            } catch (PHPUnit\Framework\AssertionFailedError $e) {
                throw $e;
            } catch (Throwable) {
            }
        }
    }

    /**
     * @dataProvider depths
     */
    #[DataProvider('depths')]
    public function testBuffersOfAnyDepthAreCountedOnce(int $depth): void
    {
        for ($i = 0; $i < $depth; $i++) {
            ob_start();
            echo $i;
        }
        await(async(fn () => 1));
        for ($i = 0; $i < $depth; $i++) {
            ob_end_flush();
        }

        $this->expectOutputString(implode('', array_slice(range(0, $depth), 0, $depth)));
    }

    /** @return iterable<string, array{int}> */
    public static function depths(): iterable
    {
        yield 'none' => [0];
        yield 'one' => [1];
        yield 'three' => [3];
    }
}
