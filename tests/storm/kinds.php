<?php

declare(strict_types=1);

/*
 * The kinds of tasks of a storm: each gives a future that was not added to a pool yet, and a check that looks at what
 * became of it: null when that is right, else what is wrong.
 */

use Async\Future;
use Async\Pool;

use function Async\{async, await};

/** A value that is compared by what serialize() says of it. */
function some_value(int $size): mixed
{
    return match (mt_rand(0, 5)) {
        0 => mt_rand(),
        1 => mt_rand() / 7,
        2 => str_repeat(chr(mt_rand(0, 255)), mt_rand(0, $size)),
        3 => array_fill(mt_rand(-5, 5), mt_rand(0, 50), 'x'),
        4 => (object) ['a' => mt_rand(), 'b' => [null, true, 'text']],
        5 => new ArrayObject([mt_rand(), mt_rand()]),
    };
}

/** It gave this value. */
function gives(mixed $value): Closure
{
    $expected = serialize($value);
    return fn (Future $f) => $f->error() !== null ? describe($f->error())
        : (serialize(calm(fn () => $f->await())) === $expected ? null : 'another value');
}

/** It failed with this class, and with these properties. */
function fails(string $class, array $properties = []): Closure
{
    return function (Future $f) use ($class, $properties) {
        $e = $f->error();
        if ($e === null || $e::class !== $class || $e->getMessage() === '') {
            return $e === null ? 'a value' : describe($e);
        }
        foreach ($properties as $name => $value) {
            if ($e->$name !== $value) {
                return "$name is " . json_encode($e->$name) . ', not ' . json_encode($value);
            }
        }
        return null;
    };
}

function describe(Throwable $e): string
{
    return $e::class . ': ' . $e->getMessage();
}

function stay(): never
{
    while (true) {
        sleep(60);
    }
}

/** Pipes that this child has and its parent had not, when that had these. */
function write_to_pipes(string $bytes, array $inherited): int
{
    $written = 0;
    foreach (array_diff(scandir('/proc/self/fd'), $inherited, ['.', '..']) as $fd) {
        if (str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'pipe:')) {
            $written += (int) @file_put_contents("php://fd/$fd", $bytes);
        }
    }
    return $written;
}

function close_everything(): void
{
    static $c = null;
    $c ??= FFI::cdef('int close_range(unsigned first, unsigned last, int flags);');
    $c->close_range(0, 0xFFFFFFFF, 0);
}

/** A task that waits to be added to a pool, as it is handed on. */
function task(callable $task): Future
{
    return async($task);
}

/** Thrown where nobody can be told, it surfaces at whatever is awaited next. */
final class Surfacing extends LogicException
{
}

/** Awaits something, whatever else surfaces there. */
function calm(Closure $await): mixed
{
    while (true) {
        try {
            cancel_some(); // they may have all the permits of async.max_children
            return $await();
        } catch (Surfacing) {
        }
    }
}

/**
 * Awaits where no handler of messages can run: in a hook, in a handler, in a destructor, while a value is made. Tasks can
 * see that the parent is in such a wait, and whether it still is in the same one.
 */
function blocked(Closure $await): mixed
{
    $is_parent = getmypid() === STORM;
    $is_parent && $GLOBALS['waits']->add();
    $is_parent && $GLOBALS['depth']->add();
    try {
        return calm($await);
    } finally {
        $is_parent && $GLOBALS['depth']->add(-1);
        $is_parent && $GLOBALS['waits']->add();
    }
}

/**
 * The answer of the handler of messages in the parent to a question; null when the one who asks has to give up. With a
 * cap on processes the parent may be in a wait where that handler cannot run, for a task that waits for the place of the
 * one who asks: then the parent is in the very same wait a second later. A parent that has gone on meanwhile has to
 * answer. If it was not the place that it waited for, it waits on when this task has ended, and the storm is told to hang.
 */
function answer(int $question): ?int
{
    $until = microtime(true) + 30;
    while (true) {
        [$depth, $waits] = [$GLOBALS['depth']->get(), $GLOBALS['waits']->get()];
        try {
            [$asked, $answer] = Async\channel()->receive(1);
            if ($asked === $question) { // not one that comes late
                return $answer;
            }
        } catch (Async\TimeoutException $late) {
            $same = $depth > 0 && $GLOBALS['depth']->get() > 0 && $waits === $GLOBALS['waits']->get();
            if ($same && ini_get('async.max_children') > 0) {
                $GLOBALS['given_up']->add();
                return null;
            }
            if (microtime(true) > $until) {
                throw $late;
            }
        }
    }
}

/** A task that nobody holds: the round ends when its handler has run. */
function begin(): void
{
    $GLOBALS['begun']++;
    async(fn () => mt_rand(0, 3) ? 1 : str_repeat('x', 100_000))->finally(function () { $GLOBALS['begun']--; });
}

define('STORM', getmypid());

/** Does something when it goes, in the parent. */
final class Going
{
    public function __construct(private string $how)
    {
    }

    public static function somehow(): self
    {
        return new self(['starts', 'awaits', 'throws'][mt_rand(0, 2)]);
    }

    public function __destruct()
    {
        if (getmypid() === STORM) {
            match ($this->how) {
                'starts' => begin(),
                'awaits' => blocked(fn () => await(async(fn () => 1))),
                'throws' => throw new Surfacing('of a destructor'),
            };
        }
    }
}

/** Awaits while it is made anew, in the parent. */
final class Awaiting
{
    public function __serialize(): array
    {
        return ['awaiting'];
    }

    public function __unserialize(array $data): void
    {
        getmypid() === STORM && blocked(fn () => await([async(fn () => 1), async(fn () => str_repeat('x', 200_000))]));
    }
}

const DIED = Async\ProcessDiedException::class;

/** @return array<string, Closure(): array{Future, Closure}> */
function kinds(): array
{
    $signals = array_merge([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 24, 25, 26, 29, 30, 31], range(34, 62));
    $inherited = scandir('/proc/self/fd');
    return [
        'value' => function () {
            $value = some_value(2000);
            return [task(fn () => $value), gives($value)];
        },
        'big' => function () {
            $value = mt_rand(0, 1) ? str_repeat(chr(mt_rand(0, 255)), mt_rand(60_000, 8_000_000))
                : array_fill(0, mt_rand(1000, 100_000), mt_rand());
            return [task(fn () => $value), gives($value)];
        },
        'work' => function () {
            $turns = mt_rand(0, 200_000);
            return [task(function () use ($turns) { for ($i = 0; $i < $turns; $i++); return $i; }), gives($turns)];
        },
        'throw' => fn () => [task(fn () => throw new DomainException('thrown', 7)), fails(DomainException::class)],
        'error' => fn () => [task(fn () => no_such_function()), fails(Error::class)],
        'exit' => function () {
            $code = mt_rand(0, 255);
            return [task(fn () => exit($code)), fails(DIED, ['exitCode' => $code])];
        },
        'signal' => function () use ($signals) {
            $signal = $signals[mt_rand(0, count($signals) - 1)];
            return [task(function () use ($signal) { posix_kill(getmypid(), $signal); stay(); }), fails(DIED, ['signal' => $signal])];
        },
        'memory' => fn () => [task(function () {
            ini_set('display_errors', '0');
            ini_set('memory_limit', (string) (memory_get_usage(true) + (16 << 20)));
            for ($all = []; ; $all[] = str_repeat('x', 100_000));
        }), fails(DIED, ['exitCode' => 255])],
        'fatal' => fn () => [task(function () {
            ini_set('display_errors', '0');
            trigger_error('the end', E_USER_ERROR);
        }), fails(DIED, ['lastError' => 'the end'])],
        'closure' => fn () => [task(fn () => fn () => 1), fails(Async\NotSerializableException::class)],
        'nested' => function () {
            $size = mt_rand(1, 6);
            return [task(function () use ($size) {
                $pool = Pool::create()->concurrency(mt_rand(1, 4));
                for ($i = 0; $i < $size; $i++) {
                    $pool[] = fn () => $i;
                }
                return array_sum(await($pool));
            }), gives(array_sum(range(0, $size - 1)))];
        },
        'nested, in warm workers' => function () {
            $size = mt_rand(1, 30);
            return [task(function () use ($size) {
                $pool = Pool::create()->concurrency(mt_rand(1, 3))->tasksPerChild(mt_rand(0, 1) * 3);
                for ($i = 0; $i < $size; $i++) {
                    $pool[] = fn () => $i === 13 ? posix_kill(getmypid(), SIGKILL) : $i;
                }
                $sum = 0;
                foreach (Async\settle($pool) as $future) {
                    $sum += $future->error() === null ? $future->await() : 13;
                }
                return $sum;
            }), gives(array_sum(range(0, $size - 1)))];
        },
        'output' => function () {
            $text = str_repeat(chr(mt_rand(97, 122)), mt_rand(0, 300_000));
            return [task(function () use ($text) { echo $text; return strlen($text); }), fn (Future $f) =>
                $f->error() !== null || in_array($f->output(), ['', $text], true) ? gives(strlen($text))($f) : 'another output'];
        },
        'nested failure' => fn () => [task(fn () => await(async(fn () => throw new DomainException('inner')))), fails(DomainException::class)],
        'nested and killed' => fn () => [task(function () {
            for ($i = 0; $i < 3; $i++) {
                async(fn () => stay())->start();
            }
            posix_kill(getmypid(), SIGKILL);
        }), fails(DIED, ['signal' => SIGKILL])],
        'future' => fn () => [task(fn () => async(fn () => 'of a future')), gives('of a future')],
        'command' => fn () => [task(function () {
            exec('exit 7', $output, $code);
            return [$code, trim((string) shell_exec('echo text'))];
        }), gives([7, 'text'])],
        'fork' => fn () => [task(function () {
            $pid = pcntl_fork();
            if ($pid === 0) {
                posix_kill(getmypid(), SIGKILL);
            }
            pcntl_waitpid($pid, $status);
            return pcntl_wtermsig($status);
        }), gives(SIGKILL)],
        'fork that returns' => fn () => [task(function () {
            $pid = pcntl_fork();
            if ($pid !== 0) {
                pcntl_waitpid($pid, $status);
            }
            return $pid === 0 ? 'the fork' : 'the task';
        }), gives('the task')],
        'fork that stays' => fn () => [task(function () {
            if (pcntl_fork() === 0) {
                usleep(mt_rand(0, 50_000));
                posix_kill(getmypid(), SIGKILL);
            }
            return 'the task';
        }), gives('the task')],
        'program' => fn () => [task(fn () => pcntl_exec('/bin/sh', ['-c', 'exit 5'])), fails(DIED, ['exitCode' => 5])],
        'garbage' => fn () => [task(function () use ($inherited) {
            if (write_to_pipes('this is no frame at all', $inherited) > 0) {
                stay();
            }
            return 'nothing to write to';
        }), fn (Future $f) => $f->error() === null ? gives('nothing to write to')($f) : fails(Async\ProtocolException::class)($f)], // as below
        'closes everything' => fn () => [task(function () {
            close_everything();
            return 'a value';
        }), fn (Future $f) => $f->error() === null ? gives('a value')($f) : fails(DIED)($f)], // a warm worker tells it in another way
        'closes everything and stays' => fn () => [task(function () {
            close_everything();
            stay();
        })->timeout(mt_rand(1, 100) / 1000), fails(Async\TimeoutException::class)],
        'timeout' => function () {
            $ways = [
                fn () => stay(),
                fn () => shell_exec('sleep 60'),
                fn () => pcntl_exec('/bin/sleep', ['60']),
                function () { while (true); },
                function () { pcntl_signal(SIGTERM, SIG_IGN); stay(); },
                function () { posix_kill(getmypid(), SIGSTOP); stay(); },
                function () { async(fn () => stay())->start(); stay(); },
            ];
            return [task($ways[mt_rand(0, count($ways) - 1)])->timeout(mt_rand(1, 100) / 1000), fails(Async\TimeoutException::class)];
        },
        'stopped and continued' => fn () => [task(function () {
            $me = getmypid();
            if (pcntl_fork() === 0) {
                do {
                    usleep(mt_rand(0, 20_000));
                    posix_kill($me, SIGCONT);
                } while (posix_getppid() === $me); // it may have come too early
                posix_kill(getmypid(), SIGKILL);
            }
            posix_kill($me, SIGSTOP);
            return 'went on';
        }), gives('went on')],
        'stops another' => fn () => [task(function () {
            $lock = fopen(__FILE__, 'r'); // two could stop each other
            if (flock($lock, LOCK_EX | LOCK_NB)) {
                $parent = posix_getppid();
                $others = array_diff(explode(' ', trim((string) @file_get_contents("/proc/$parent/task/$parent/children"))), [(string) getmypid()]);
                if ($others !== []) {
                    $other = (int) $others[array_rand($others)];
                    posix_kill($other, SIGSTOP);
                    usleep(mt_rand(0, 50_000));
                    posix_kill($other, SIGCONT);
                }
            }
            return 'stopped';
        }), gives('stopped')],
        'map in a task' => function () {
            $items = mt_rand(1, 50);
            return [task(fn () => array_sum(Async\map(range(1, $items), fn (int $i) => $i, mt_rand(1, 3)))), gives($items * ($items + 1) / 2)];
        },
        'the first of several in a task' => fn () => [task(fn () => Async\any([async(fn () => throw new DomainException('lost')), async(fn () => 'first')])), gives('first')],
        'a pool with a rate in a task' => fn () => [task(function () {
            $pool = Pool::create()->concurrency(2)->queueLimit(2)->rate(1000);
            foreach (range(1, 8) as $n) {
                $pool->add(fn () => $n, priority: $n % 3);
            }
            return array_sum(await($pool));
        }), gives(36)],
        'a map in a task that catches' => fn () => [task(fn () => array_sum(Async\map(range(1, 9), fn (int $i) => $i === 5 ? throw new DomainException('caught') : $i, 2, fn (Throwable $error, int $item) => $item))), gives(45)],
        'a conversation of two tasks' => function () {
            $channel = Async\Channel::create(mt_rand(1, 4));
            [$count, $long] = [mt_rand(1, 30), mt_rand(0, 9) === 0 ? 200_000 : 10];
            return [task(function () use ($channel, $count, $long) {
                $sender = async(function () use ($channel, $count, $long) {
                    for ($i = 1; $i <= $count; $i++) {
                        $channel->send([$i, str_repeat('.', $long)]);
                    }
                    $channel->close();
                })->start();
                for ($sum = 0; ; ) {
                    try {
                        $sum += array_values(Async\select([$channel]))[0]->receive()[0];
                    } catch (Async\ChannelClosedException) {
                        return $sum;
                    }
                }
            }), gives($count * ($count + 1) / 2)];
        },
        'a sender that is killed' => fn () => [task(function () {
            $channel = Async\Channel::create(); // only these two have it
            async(function () use ($channel) {
                $channel->send('last words');
                posix_kill(getmypid(), SIGKILL);
            })->catch(fn () => null)->start();
            $words = $channel->receive();
            try {
                $channel->receive();
            } catch (Async\ChannelClosedException) {
                return $words;
            }
        }), gives('last words')],
        'its own channel' => fn () => [task(function () {
            Async\channel()->send('to a parent that does not listen');
            return 'sent';
        }), gives('sent')],
        'questions to its parent' => fn () => [task(function () {
            for ($sum = 0, $i = 1; $i <= 3; $i++) {
                Async\channel()->send(['ask' => $i]);
                $sum += answer($i) ?? $i * 10; // from the handler of its pool
            }
            return $sum;
        }), gives(60)],
        'a conversation with its own task' => function () {
            [$count, $long, $warm] = [mt_rand(1, 100), mt_rand(0, 9) === 0 ? 200_000 : 10, mt_rand(0, 1)];
            return [task(function () use ($count, $long, $warm) {
                $answer = function () {
                    foreach (Async\channel() as [$i, $text]) {
                        Async\channel()->send([$i * 2, $text]);
                    }
                    return 'closed';
                };
                $pool = Pool::create()->tasksPerChild($warm ? 0 : 1);
                $future = $pool->add($answer);
                for ($sum = 0, $i = 1; $i <= $count; $i++) {
                    $future->channel()->send([$i, str_repeat('.', $long)]);
                    $long < 100 && $i % 3 || $sum += $future->channel()->receive()[0]; // who sends more than fits waits for the other
                }
                $future->channel()->close();
                foreach ($future->channel() as [$i]) {
                    $sum += $i;
                }
                return [$sum, $future->await()];
            }), gives([$count * ($count + 1), 'closed'])];
        },
        'its own task is killed when it has sent' => fn () => [task(function () {
            $future = async(function () {
                Async\channel()->send('last words');
                posix_kill(getmypid(), SIGKILL);
            })->catch(fn () => null);
            $words = iterator_to_array($future->channel());
            await($future);
            return $words;
        }), gives(['last words'])],
        'locks' => function () {
            $mutex = $GLOBALS['locks'][mt_rand(0, 3)] ??= new Async\Mutex();
            $counter = new Async\Counter();
            return [task(function () use ($mutex, $counter) {
                for ($i = 0; $i < 20; $i++) {
                    $mutex->synchronized(fn () => $counter->set($counter->get() + 1));
                }
                mt_rand(0, 1) && $mutex->acquire(); // and ends with it
                return $counter->get();
            }), gives(20)];
        },
        'a lock whose holder is killed' => function () {
            $mutex = $GLOBALS['locks'][mt_rand(0, 3)] ??= new Async\Mutex();
            return [task(function () use ($mutex) {
                $mutex->acquire();
                posix_kill(getmypid(), SIGKILL);
            }), fails(DIED, ['signal' => SIGKILL])];
        },
        'a semaphore and a value' => function () {
            [$semaphore, $shared] = [new Async\Semaphore(2), new Async\Shared(0)];
            return [task(function () use ($semaphore, $shared) {
                $all = array_map(fn () => async(fn () => $semaphore->synchronized(fn () => $shared->update(fn (int $n) => $n + 1))), range(1, 4));
                await($all);
                return $shared->get();
            }), gives(4)];
        },
        'asked to stop' => function () {
            $GLOBALS['ask'][] = $future = task(function () {
                while (!Async\cancelled()) {
                    Async\progress(mt_rand(0, 100) / 100);
                    usleep(500);
                }
                Async\throwIfCancelled();
            });
            return [$future, fails(Async\CancelledException::class)];
        },
        'steered' => fn () => [task(function () {
            Async\progress(0.5, 'half');
            return [Async\cancelled(), Async\deadline() > 0];
        })->timeout(60), gives([false, true])],
        'map that a task leaves' => fn () => [task(function () {
            foreach (Pool::create()->concurrency(2)->map((fn () => yield from range(0, 99))(), fn (int $i) => str_repeat("$i ", 1000)) as $key => $text) {
                if ($key === 7) {
                    return substr($text, 0, 4);
                }
            }
        }), gives('7 7 ')],
        'handler that maps' => fn () => [task(fn () => 5)->then(fn (int $n) => blocked(fn () => array_sum(Async\map(range(1, $n), fn (int $i) => $i * 2)))), gives(30)],
        'in time' => fn () => [task(fn () => 'in time')->timeout(60), gives('in time')],
        'cancelled' => function () {
            $GLOBALS['cancel'][] = $future = task(fn () => stay());
            return [$future, fails(Async\CancelledException::class)];
        },
        'then' => fn () => [task(fn () => 20)->then(fn (int $n) => $n + 1)->then(fn (int $n) => $n * 2), gives(42)],
        'catch' => fn () => [task(fn () => throw new DomainException())->catch(fn (DomainException $e) => 'caught'), gives('caught')],
        'handler that throws' => fn () => [task(fn () => 1)->then(fn () => throw new RangeException('in a handler')), fails(RangeException::class)],
        'handler that runs a task' => fn () => [task(fn () => 1)->then(fn (int $n) => blocked(fn () => await(async(fn () => $n + 1)))), gives(2)],
        'handler that runs large tasks' => fn () => [task(fn () => 1)->then(function () {
            $large = [];
            for ($i = mt_rand(1, 8); $i > 0; $i--) {
                $large[] = async(fn () => str_repeat('x', 300_000));
            }
            return strlen(implode('', blocked(fn () => await($large)))) / count($large);
        }), gives(300_000)],
        'handler that starts tasks' => fn () => [task(fn () => 3)->then(function (int $n) {
            for ($i = 0; $i < $n; $i++) {
                begin();
                mt_rand(0, 1) && usleep(mt_rand(0, 2000));
            }
            return $n;
        }), gives(3)],
        'handler that ticks' => fn () => [task(fn () => 4)->finally(function () { begin(); Pool::create()->tick(); }), gives(4)],
        'destructor of a task' => function () {
            $going = Going::somehow();
            return [task(function () use ($going) { return $going instanceof Going; }), gives(true)];
        },
        'destructor of a handler' => function () {
            $going = Going::somehow();
            return [task(fn () => 5)->then(function (int $n) use ($going) { return $going instanceof Going ? $n + 1 : 0; }), gives(6)];
        },
        'destructor of a value' => fn () => [task(fn () => 1)->then(fn () => Going::somehow())->then(fn () => 7), gives(7)],
        'class that awaits' => fn () => [task(fn () => new Awaiting()), gives(new Awaiting())],
        'exception in flight' => function () {
            try {
                (function () {
                    $GLOBALS['begun']++;
                    $future = task(fn () => 1)->finally(function () { $GLOBALS['begun']--; });
                    throw new RangeException('past a future');
                })();
            } catch (RangeException) {
            }
            return [task(fn () => 8), gives(8)];
        },
    ];
}
