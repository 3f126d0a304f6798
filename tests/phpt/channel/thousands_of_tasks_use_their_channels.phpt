--TEST--
Channels of tasks that have ended are given to others: thousands of tasks use theirs, and so do their children; without use they take no memory
--FILE--
<?php
use Async\{CannotForkException, Pool};
use function Async\{async, await, channel};

/** Kilobytes of the shared mapping that has the lines, which is the only one of its size. */
function lines(): int
{
    $size = $rss = 0;
    foreach (file('/proc/self/smaps') as $line) {
        if (preg_match('~^[0-9a-f]+-[0-9a-f]+ rw-s ~', $line)) {
            $size = 0;
        } elseif (preg_match('~^Size: +(\d+) kB~', $line, $match)) {
            $size = (int) $match[1];
        } elseif ($size > 130_000 && $size < 140_000 && preg_match('~^Rss: +(\d+) kB~', $line, $match)) {
            return (int) $match[1];
        }
    }
    return -1;
}

await(array_map(fn (int $i) => async(fn () => $i), range(1, 20)));
$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
for ($i = 0; $i < 100; $i++) {
    $pool->add(fn () => 1);
}
await($pool);
echo lines() <= 4 ? "nothing is used\n" : 'used: ' . lines() . " KiB\n";

// Each future is kept, with what it was sent, and the channel of each is used both ways.
foreach ([2500 => Pool::create()->concurrency(4)->tasksPerChild(0), 300 => Pool::create()->concurrency(4)] as $count => $pool) {
    $futures = [];
    for ($i = 0; $i < $count; $i++) {
        $futures[$i] = $pool->add(function () use ($i): int {
            channel()->send("from $i");
            return $i;
        });
    }
    await($pool);
    $right = 0;
    foreach ($futures as $i => $future) {
        $right += iterator_to_array($future->channel()) === ["from $i"];
    }
    echo $right, "\n";
}
echo lines() < 40_000 ? "little is used\n" : 'used: ' . lines() . " KiB\n";

// A task uses the channel of each of its own tasks.
echo await(async(function (): int {
    $futures = array_map(fn (int $i) => async(fn () => channel()->send($i)), range(1, 20));
    channel()->send('up');
    return array_sum(array_map(fn ($future) => $future->channel()->receive(), $futures));
})), "\n";

// Tasks that have not begun have half of the channels at most: those that run have theirs.
$pool = Pool::create()->concurrency(1);
$first = $pool->add(fn () => channel()->receive());
$count = 0;
try {
    while ($count < 2000) {
        $pool->add(fn () => channel()->receive())->channel()->send(++$count);
    }
} catch (CannotForkException $e) {
    echo $count > 250 && $count < 260 ? 'half of them' : $count, ': ', $e->getMessage(), "\n";
}
$last = $pool->add(fn () => channel()->send('as it runs'));
$pool->concurrency(16);
$first->channel()->send('go on');
echo $last->channel()->receive(), "\n";
echo count(array_filter($pool->cancel()->getFinished())) > 0 ? "others have run before\n" : '';
?>
--EXPECTF--
nothing is used
2500
300
little is used
210
half of them: there is no channel left for this task: 512 tasks of a process can have one at a time, half of them before they begin; ask for it when the task runs
as it runs
others have run before
