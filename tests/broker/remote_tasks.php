<?php

declare(strict_types=1);

use Async\Task;

// Tasks of a RemotePool: both sides load this.

/** One of the jobs of job.php. */
final class Job implements Task
{
    public function __construct(private readonly string $body)
    {
    }

    public function run(): string
    {
        (require __DIR__ . '/job.php')($this->body);
        return "done $this->body";
    }
}

/** Does what its name says. */
final class Behave implements Task
{
    public function __construct(private readonly string $how, private readonly mixed $with = null)
    {
    }

    public function run(): mixed
    {
        file_put_contents(getenv('BROKER_LEDGER') . '/ledger', "begun $this->how " . identity(getmypid()) . "\n", FILE_APPEND);
        return match ($this->how) {
            'give' => $this->with,
            'throw' => throw new NotFound("no {$this->with}", 7, new DomainException('before')),
            'throw unknown' => throw new Unknown('x'),
            'sleep' => sleep(60),
            'exit' => exit(3),
            'large' => str_repeat('x', 200_000),
            'object' => [new Plain()],
            'closure' => fn() => 1,
            'at last' => count(file(getenv('BROKER_LEDGER') . '/ledger')) > 2 ? 'at last' : throw new NotFound('not yet'),
            'kill the worker' => posix_kill(posix_getppid(), SIGKILL) && sleep(60),
        };
    }
}

final class NotFound extends RuntimeException
{
    public array $details = ['by' => 'whoever'];
}

final class Unknown extends LogicException
{
}

final class Plain
{
}

/** What nobody has allowed. */
final class Forbidden implements Task
{
    public function run(): mixed
    {
        return file_put_contents(getenv('BROKER_LEDGER') . '/forbidden', 'x');
    }

    public function __destruct()
    {
        @file_put_contents(getenv('BROKER_LEDGER') . '/forbidden-made', 'x');
    }
}
