<?php

declare(strict_types=1);

namespace Async\Testing;

use Async\Future;

/**
 * For test cases of PHPUnit: what futures end with.
 */
trait FutureAssertions
{
    /**
     * The future has a value, and it is this one: the same, or an equal object.
     */
    protected function assertResolves(mixed $expected, Future $future, string $message = ''): void
    {
        $value = $future->await();
        is_object($expected) ? $this->assertEquals($expected, $value, $message) : $this->assertSame($expected, $value, $message);
    }

    /**
     * The future has failed with a throwable of this class, which is returned.
     *
     * @template E of \Throwable
     *
     * @param class-string<E> $class
     *
     * @return E
     */
    protected function assertFails(string $class, Future $future, string $message = ''): \Throwable
    {
        \Async\settle([$future]);
        $error = $future->error();
        $this->assertInstanceOf($class, $error, $message !== '' ? $message : 'The future has a value, or another failure.');
        return $error;
    }

    /**
     * The future has failed with a throwable of this class and with this message, which is returned.
     *
     * @template E of \Throwable
     *
     * @param class-string<E> $class
     *
     * @return E
     */
    protected function assertFailsWith(string $class, string $text, Future $future): \Throwable
    {
        $error = $this->assertFails($class, $future);
        $this->assertSame($text, $error->getMessage());
        return $error;
    }
}
