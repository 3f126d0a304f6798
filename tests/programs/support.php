<?php

// What a random program begins with: a log of what happens to its futures, and values and objects that get in the way.

declare(strict_types=1);

/** Writes a line into the log, with the process that it comes from. */
function note(string $text): void
{
    file_put_contents($_SERVER['PROGRAM_LOG'], getmypid() . ' ' . strtr($text, "\n", ' ') . "\n", FILE_APPEND);
}

/** Writes an exception into the log, with all that it hides. */
function caught(?Throwable $e): void
{
    for (; $e !== null; $e = $e->getPrevious()) {
        note('caught ' . $e::class . ': ' . $e->getMessage() . ' in ' . basename($e->getFile()) . ':' . $e->getLine() . ' without ' . json_encode(Async\lost($e)));
    }
}

/** True the first time in this process and those that it has forked since: for code that runs many times. */
function once(int $place): bool
{
    static $been = [];
    return !isset($been[$place]) && $been[$place] = true;
}

/** Notes that a handler runs. $runs is a static variable of its closure, which nothing else has. */
function handled(int $number, ?int &$runs, ?Throwable $error = null): void
{
    note('handler ' . $number . (++$runs > 1 ? ' again' : ''));
    caught($error);
}

/** Notes the end of a future, and what it is at the end of the program. */
function watch(int $number, Async\Future $future): Async\Future
{
    static $count = 0;
    $number = "$number." . ++$count; // the statement may be in something that runs many times
    $weak = WeakReference::create($future);
    $future->finally(static function () use ($number, $weak) {
        static $runs;
        handled(0, $runs);
        note("ended $number " . ($weak->get()?->status()->name ?? 'gone'));
    });
    $GLOBALS['watched'][$future] = $number;
    note("watch $number");
    return $future;
}

/** The end of the program, where it gets there: what became of the futures that are still about. */
function finish(): void
{
    foreach ($GLOBALS['watched'] as $future => $number) {
        note("asks $number"); // it may end between the look and the note of what was seen
        $status = $future->status()->name;
        $error = $future->error();
        caught($error);
        $value = '-';
        if ($status === 'Succeeded' && $error === null) {
            $value = $future->await();
            $value = is_string($value) ? strtok($value, ' ') : get_debug_type($value);
        }
        note("final $number $status $value " . ($error === null ? '-' : $error::class));
    }
    note('finish');
}

/** The end from inside of something. */
function leave(int $code): never
{
    note('leave');
    exit($code);
}

/** A string that tells whose it is. */
function sized(int $number, int $bytes): string
{
    return str_pad("$number: ", $bytes, 'x');
}

function named(): string
{
    return 'named: a function';
}

/**
 * What processes share. Whatever is done with it, by whichever of them, ends by itself: two that wait for each other are no
 * fault of anybody's but theirs.
 */
final class Common
{
    private Async\Channel $channel;
    private Async\Mutex $mutex;
    private Async\Semaphore $semaphore;
    private Async\Counter $counter;
    private Async\Shared $shared;

    public function __construct(int $capacity)
    {
        $this->channel = Async\Channel::create($capacity);
        [$this->mutex, $this->semaphore] = [new Async\Mutex(), new Async\Semaphore($capacity)];
        [$this->counter, $this->shared] = [new Async\Counter(), new Async\Shared(0, 200)];
    }

    public function use(int $how): void
    {
        match ($how) {
            0 => $this->channel->send(new ArrayObject([$how]), 0.003),
            1 => $this->channel->send(str_repeat('m', 200_000), 0.01),
            2 => $this->channel->receive(0.003),
            3 => $this->channel->receive(0),
            4 => Async\select([$this->channel, 'again' => $this->channel], 0.003),
            5 => [count($this->channel), $this->channel->isClosed(), $this->mutex->wasAbandoned(), $this->semaphore->available()],
            6 => $this->channel->close(),
            7 => $this->mutex->acquire(0.003), // and keeps it until its task has ended
            8 => $this->mutex->tryAcquire() && $this->mutex->release(),
            9 => $this->semaphore->acquire(0.003),
            10 => $this->semaphore->release(),
            11 => $this->shared->update(fn (int $n) => $n + $this->counter->add()),
            12 => $this->stream(),
        };
    }

    private function stream(): void
    {
        [$ready, $none] = [[$this->channel->stream()], null];
        stream_select($ready, $none, $none, 0, 500);
    }
}

/** What is done with an end of a task's channel, where there is one. It ends by itself, as above. */
function talk(Closure $end, int $how): void
{
    $channel = $end();
    match ($how) {
        0 => $channel->send([$how], 0.003),
        1 => $channel->send('a short one', 0.003),
        2 => $channel->send(str_repeat('m', 200_000), 0.01),
        3 => $channel->receive(0.003),
        4 => $channel->receive(0),
        5 => Async\select([$channel, 'again' => $end()], 0.003),
        6 => [count($channel), $channel->isClosed()],
        7 => $channel->close(),
        8 => readable($channel->stream()),
    };
}

function readable($stream): bool
{
    [$ready, $none] = [[$stream], null];
    return (bool) @stream_select($ready, $none, $none, 0, 500);
}

/** The end of an object does something. */
final class Last
{
    public mixed $holds = null;

    public function __construct(private Closure $does)
    {
    }

    public function __destruct()
    {
        ($this->does)();
    }
}

/** A value whose coming into being in the parent does something. */
final class Waking
{
    /** @var array<int, Closure> */
    public static array $does = [];

    public function __construct(private int $number)
    {
    }

    public function __serialize(): array
    {
        return [$this->number];
    }

    public function __unserialize(array $data): void
    {
        [$this->number] = $data;
        (self::$does[$this->number] ?? static fn () => null)();
    }
}

/** A value that objects to being sent. */
final class Refusing
{
    public function __serialize(): array
    {
        throw new LogicException('refuses to be sent');
    }
}

/** An exception with more in it than text. */
final class Laden extends Exception
{
    public function __construct(public mixed $load)
    {
        parent::__construct('laden');
    }
}

/** A service of an application: it holds its pool, and is called by it. */
final class Service
{
    public mixed $pool = null;
    public mixed $more = null;
    public int $calls = 0;

    public function hook(): void
    {
        $this->calls++;
    }

    public function __invoke(): string
    {
        return 'invoked: ' . ++$this->calls;
    }
}

final class Chore implements Async\Task
{
    public function __construct(private mixed $with = null)
    {
    }

    public function run(): mixed
    {
        return 'chore: ' . get_debug_type($this->with);
    }
}

$watched = new WeakMap();
note('start');
