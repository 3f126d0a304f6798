--TEST--
A time limit of a wait for a task, or for the parent, names that process and what it does: it has not begun, runs, waits itself
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, channel};

require __DIR__ . '/../../support/sync.php';

function plain(string $text): string
{
    return preg_replace(['/\(pid ' . getmypid() . '\)/', '/\(pid \d+\)/'], ['(pid SELF)', '(pid N)'], $text) . "\n";
}

/** What is said once the other side sleeps: until then it is told that the task runs. */
function told_of_a_wait(callable $wait): string
{
    $until = hrtime(true) + PATIENCE * 1_000_000_000;
    do {
        $told = told($wait);
    } while (!str_contains($told, 'itself') && hrtime(true) < $until);
    return plain($told);
}

$gate = new Gate();
foreach (['isolated', 'warm'] as $kind) {
    echo "-- $kind\n";
    $pool = Pool::create()->concurrency(1);
    $kind === 'warm' && $pool->tasksPerChild(0);
    $first = $pool['first'] = async(function () use ($gate): void {
        $gate->pass();
        channel()->send('listens from now on');
        channel()->receive();
        for ($i = 0; $i < 100; $i++) {
            channel()->send($i); // more than there is room for
        }
    });
    $second = $pool['second'] = async(fn () => channel()->receive(PATIENCE));
    while ($first->pid() === null) {
        $pool->tick();
    }
    echo plain(told(fn () => $first->channel()->receive(0.01)));
    echo plain(told(fn () => $first->channel()->receive(0)));
    echo plain(told(fn () => $second->channel()->receive(0.01)));
    $gate->open();
    $first->channel()->receive();
    echo told_of_a_wait(fn () => $first->channel()->receive(0.01));
    $first->channel()->send('fill it');
    echo told_of_a_wait(function () use ($first): void {
        while (true) {
            $first->channel()->send('and have me wait', 0.01);
        }
    });
    // What has waited does so no more.
    while ($first->status() !== Async\Status::Succeeded) {
        foreach ($first->channel() as $message) {
        }
    }
    $second->channel()->send('end');
    await($pool);
}

echo "-- an attempt that is to come\n";
$pool = Pool::create()->concurrency(1)->retry(1, backoff: 60.0);
$failing = $pool->add(fn () => throw new DomainException('once'));
while ($failing->attempts() === 0 || $failing->status() === Async\Status::Running) {
    $pool->tick();
}
echo plain(told(fn () => $failing->channel()->receive(0.01)));
$pool->cancel();

echo "-- in a task, whose parent waits, and then does not\n";
[$parent, $done] = [getmypid(), new Gate()];
$asked = async(function () use ($gate, $done, $parent): string {
    $both = told_of_a_wait(fn () => channel()->receive(0.01));
    channel()->send('go on');
    $gate->pass();
    $told = told(fn () => channel()->receive(0.01));
    $done->open();
    return $both . str_replace("pid $parent", 'pid PARENT', $told) . "\n";
});
$asked->channel()->receive();
$gate->open();
$done->pass();
echo await($asked);
?>
--EXPECT--
-- isolated
Async\TimeoutException: no message within 0.01 s; who could send one: task "first" (pid N), which runs
Async\TimeoutException: no message within 0 s
Async\TimeoutException: no message within 0.01 s; who could send one: task "second", which has not begun
Async\TimeoutException: no message within 0.01 s; who could send one: task "first" (pid N), which waits for a message itself
Async\TimeoutException: no room for a message within 0.01 s: the channel holds 64, and nobody has received one; who could receive one: task "first" (pid N), which waits for room for a message itself
-- warm
Async\TimeoutException: no message within 0.01 s; who could send one: task "first" (pid N), which runs
Async\TimeoutException: no message within 0 s
Async\TimeoutException: no message within 0.01 s; who could send one: task "second", which has not begun
Async\TimeoutException: no message within 0.01 s; who could send one: task "first" (pid N), which waits for a message itself
Async\TimeoutException: no room for a message within 0.01 s: the channel holds 64, and nobody has received one; who could receive one: task "first" (pid N), which waits for room for a message itself
-- an attempt that is to come
Async\TimeoutException: no message within 0.01 s; who could send one: task [0], which has failed, and has not begun again
-- in a task, whose parent waits, and then does not
Async\TimeoutException: no message within 0.01 s; who could send one: the parent of the task (pid N), which waits for a message itself
Async\TimeoutException: no message within 0.01 s; who could send one: the parent of the task (pid PARENT)
