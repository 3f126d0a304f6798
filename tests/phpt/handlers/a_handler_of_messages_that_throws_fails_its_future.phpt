--TEST--
What a handler of messages throws is the failure of that future, after all messages: catch() gets it, await() throws it, nothing is silent
--FILE--
<?php
use Async\{Future, Pool, Status};
use function Async\{async, await, channel, settle};

$task = fn (string ...$messages) => function () use ($messages): string {
    foreach ($messages as $message) {
        channel()->send($message);
    }
    return 'value';
};
foreach (['isolated' => Pool::create(), 'warm' => Pool::create()->tasksPerChild(0)] as $kind => $pool) {
    $got = [];
    $pool->onMessage(function (string $message, Future $from) use (&$got): void {
        $got[] = $message;
        if (str_starts_with($message, 'bad')) {
            throw new DomainException("$message of {$from->key()}");
        }
    });

    $future = $pool->add($task('good', 'bad', 'good'), 'a');
    try {
        await($future);
    } catch (DomainException $e) {
        echo $kind, ': ', $e->getMessage(), ', ', implode(' ', $got), ', ', $future->status()->name, "\n";
    }

    $future = $pool->add($task('bad'), 'b')
        ->then(fn () => print("never\n"))
        ->catch(fn (DomainException $e) => 'handled ' . $e->getMessage());
    echo $kind, ': ', await($future), "\n";

    // The first of two is the failure; the other one surfaces by itself, and so does one if the task has failed.
    $future = $pool->add($task('bad 1', 'bad 2'), 'c');
    for ($i = 0; $i < 2; $i++) {
        try {
            await($future);
        } catch (DomainException $e) {
            echo $kind, ': ', $e->getMessage(), "\n";
        }
    }
    $future = $pool->add(function (): void {
        channel()->send('bad');
        throw new LogicException('of the task');
    }, 'd');
    for ($i = 0; $i < 2; $i++) {
        try {
            await($future);
        } catch (Exception $e) {
            echo $kind, ': ', $e->getMessage(), "\n";
        }
    }
    // A future cannot be awaited by a handler of its own messages; another one can.
    $pool->onMessage(function (string $message, Future $from) use ($kind): void {
        try {
            await($from);
        } catch (Async\AsyncError $e) {
            echo $kind, ': ', $e->getMessage(), "\n";
        }
        echo $kind, ': ', await(async(fn () => "awaited for $message")), "\n";
    });
    await($pool->add($task('x'), 'e'));
}

// A message that cannot be read here.
$pool = Pool::create();
$pool->onMessage(fn () => print("never\n"));
$future = $pool->add(function (): void {
    eval('class Unknown { public $a = 1; }');
    channel()->send(new Unknown());
});
try {
    await($future);
} catch (Async\AsyncException $e) {
    echo get_class($e), ': ', $e->getMessage(), "\n";
}
// Nobody awaits it.
$pool = Pool::create();
$future = $pool->onMessage(fn () => throw new RuntimeException('unseen'))->add($task('m'), 'last');
while ($future->status() === Status::Running) {
    usleep(1000);
}
unset($future, $pool);
?>
--EXPECTF--
isolated: bad of a, good bad good, Succeeded
isolated: handled bad of b
isolated: bad 2 of c
isolated: bad 1 of c
isolated: bad of d
isolated: of the task
isolated: a future cannot be awaited in its own handler: it ends when its handlers have ended
isolated: awaited for x
warm: bad of a, good bad good, Succeeded
warm: handled bad of b
warm: bad 2 of c
warm: bad 1 of c
warm: bad of d
warm: of the task
warm: a future cannot be awaited in its own handler: it ends when its handlers have ended
warm: awaited for x
Async\ProtocolException: a message was received that cannot be read: class Unknown is not known here

Warning: Unhandled failure of task "last" (pid %d): RuntimeException: unseen in %s on line %d
