--TEST--
When a task ends, in whatever way, what it has sent can be received, and then its parent is told; a message that it was sending is lost, and told
--FILE--
<?php
use Async\{ChannelClosedException, Pool, ProcessDiedException};
use function Async\{async, await, channel, settle};

function end_of(Async\Future $future): string
{
    $got = [];
    while (true) {
        try {
            $message = $future->channel()->receive(60);
            $got[] = strlen($message) > 100 ? 'long' : $message;
        } catch (ProcessDiedException $e) {
            $got[] = $e->pid === $future->pid() ? 'a lost message' : 'lost by whom?';
        } catch (ChannelClosedException $e) {
            return implode(', ', [...$got, preg_replace('~\(pid \d+\)~', '(pid N)', $e->getMessage())]);
        }
    }
}

/** Waits until a process sleeps, or is gone. */
function sleeps(int $pid): void
{
    while (is_readable("/proc/$pid/stat") && !preg_match('~\) [SZ] ~', @file_get_contents("/proc/$pid/stat"))) {
        usleep(1000);
    }
}

$ways = [
    'returns' => fn () => 1,
    'throws' => fn () => throw new Exception('thrown'),
    'exits' => fn () => exit(3),
    'is killed' => fn () => posix_kill(getmypid(), SIGKILL),
];
foreach (['isolated' => Pool::create(), 'warm' => Pool::create()->tasksPerChild(0)] as $kind => $pool) {
    foreach ($ways as $name => $way) {
        $future = $pool->add(function () use ($way): void {
            channel()->send('a');
            channel()->send('b');
            $way();
        }, $name);
        echo $kind, ' ', $name, ': ', end_of($future), "\n";
    }
    settle($pool);

    // It waits for room in the middle of a message that is longer than the ring.
    $future = $pool->add(function (): void {
        channel()->send('a');
        channel()->send(str_repeat('x', 1_000_000));
    }, 'long');
    while (count($future->channel()) === 0) {
        usleep(1000);
    }
    sleeps($future->pid());
    posix_kill($future->pid(), SIGKILL);
    echo $kind, ' long: ', end_of($future), "\n";

    // Its parent waits when it is killed, cancelled, or out of time.
    $future = $pool->add(fn () => sleep(60), 'cancelled');
    async(fn () => usleep(50_000))->then(fn () => $future->cancel());
    echo $kind, ' ', end_of($future), "\n";
    $future = $pool->add(fn () => sleep(60), 'late')->timeout(0.1);
    echo $kind, ' ', end_of($future), "\n";
    // Cancelled before it began.
    $pool->concurrency(1);
    $running = $pool->add(fn () => channel()->receive(), 'running');
    $future = $pool->add(fn () => 1, 'queued');
    $future->channel()->send('in vain');
    $future->cancel();
    echo $kind, ' ', end_of($future), "\n";
    $running->channel()->send(1);
    settle($pool);
}
?>
--EXPECT--
isolated returns: a, b, no message can be received: task "returns" (pid N) has ended
isolated throws: a, b, no message can be received: task "throws" (pid N) has ended
isolated exits: a, b, no message can be received: task "exits" (pid N) has ended
isolated is killed: a, b, no message can be received: task "is killed" (pid N) has ended
isolated long: a, a lost message, no message can be received: task "long" (pid N) has ended
isolated no message can be received: task "cancelled" (pid N) has ended
isolated no message can be received: task "late" (pid N) has ended
isolated no message can be received: task "queued" has ended
warm returns: a, b, no message can be received: task "returns" (pid N) has ended
warm throws: a, b, no message can be received: task "throws" (pid N) has ended
warm exits: a, b, no message can be received: task "exits" (pid N) has ended
warm is killed: a, b, no message can be received: task "is killed" (pid N) has ended
warm long: a, a lost message, no message can be received: task "long" (pid N) has ended
warm no message can be received: task "cancelled" (pid N) has ended
warm no message can be received: task "late" (pid N) has ended
warm no message can be received: task "queued" has ended
