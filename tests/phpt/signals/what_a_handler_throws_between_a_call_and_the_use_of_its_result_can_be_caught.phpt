--TEST--
What a handler of a signal throws between a call and the use of its result can be caught, and what the statement has is freed once
--FILE--
<?php
final class Guard
{
    public function __construct(private string $name) {}
    public function __destruct() { echo "$this->name goes\n"; }
}

final class Made
{
    public function __construct(...$arguments) {}
}

function leaveBehind($first, $second, $third) {}
function neverCalled(...$arguments) { echo "called\n"; }
function signalled(): bool { return posix_kill(getmypid(), SIGUSR1); }
function generated() { neverCalled(new Guard('argument'), yield 1); }

pcntl_async_signals(true);
pcntl_signal(SIGUSR1, fn () => throw new DomainException('thrown'));
error_reporting(E_ALL);

$none = null;
$part = str_repeat('x', getmypid() % 7 + 1);
$kill = fn (int $signal) => posix_kill(getmypid(), $signal);
$statements = [
    'an argument' => fn () => neverCalled(posix_kill(getmypid(), SIGUSR1)),
    'a later argument' => fn () => neverCalled(new Guard('argument'), posix_kill(getmypid(), SIGUSR1), 3),
    'an argument with a name' => fn () => neverCalled(new Guard('argument'), second: posix_kill(getmypid(), SIGUSR1)),
    'an argument of a constructor' => fn () => new Made(new Guard('argument'), posix_kill(getmypid(), SIGUSR1)),
    'an argument of an argument' => fn () => neverCalled(new Guard('argument'), strlen(neverCalled($part, posix_kill(getmypid(), SIGUSR1)))),
    'an argument of call_user_func' => fn () => call_user_func('neverCalled', posix_kill(getmypid(), SIGUSR1)),
    'a choice' => fn () => neverCalled(new Guard('argument'), $none ?? posix_kill(getmypid(), SIGUSR1)),
    'an argument in a generator' => function () { $generator = generated(); $generator->current(); $generator->send(posix_kill(getmypid(), SIGUSR1)); },
    'a part of a string' => fn () => "$part and {$part}, {$kill(SIGUSR1)} and {$part}",
    'what is silenced' => fn () => @posix_kill(getmypid(), SIGUSR1),
    'what is called by the engine' => fn () => neverCalled(array_map(signalled(...), [1, 2])),
];
$guard = new Guard('the guard');
foreach ($statements as $name => $statement) {
    for ($i = 0; $i < 2; $i++) {
        // Where the arguments of the next call will lie lies the guard, which is not theirs to free.
        (function () use ($guard) { leaveBehind($guard, $guard, $guard); })();
        try {
            $statement();
            echo "nothing was thrown\n";
        } catch (DomainException $thrown) {
            echo "$name: ", error_reporting() === E_ALL ? 'caught' : 'caught, and warnings are silenced', "\n";
            unset($thrown);
        }
        error_reporting(E_ALL);
    }
}
echo "the end\n";
?>
--EXPECT--
an argument: caught
an argument: caught
argument goes
a later argument: caught
argument goes
a later argument: caught
argument goes
an argument with a name: caught
argument goes
an argument with a name: caught
argument goes
an argument of a constructor: caught
argument goes
an argument of a constructor: caught
argument goes
an argument of an argument: caught
argument goes
an argument of an argument: caught
an argument of call_user_func: caught
an argument of call_user_func: caught
argument goes
a choice: caught
argument goes
a choice: caught
argument goes
an argument in a generator: caught
argument goes
an argument in a generator: caught
a part of a string: caught
a part of a string: caught
what is silenced: caught
what is silenced: caught
what is called by the engine: caught
what is called by the engine: caught
the end
the guard goes
