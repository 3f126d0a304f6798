<?php

// What Python's page on multiprocessing shows under "Exchanging objects between processes", and its example with two queues:
// a Queue is a channel that any process may use, a Pipe is the channel between a process and its task.
//
// usage: php -d extension=/path/to/libasync.so examples/queues-and-pipes.php

declare(strict_types=1);

use Async\Channel;

use function Async\{async, await, channel, map};

$right = true;

// Queue: q.put([42, None, 'hello']), q.get(), p.join()
$queue = Channel::create();
$process = async(fn () => $queue->send([42, null, 'hello']));
$got = $queue->receive();
echo json_encode($got), "\n";
await($process);
$right = $right && $got === [42, null, 'hello'];

// Pipe: conn.send([42, None, 'hello']), conn.close(), parent_conn.recv()
$process = async(function (): void {
    channel()->send([42, null, 'hello']);
    channel()->close();
});
$got = $process->channel()->receive();
echo json_encode($got), "\n";
await($process);
$right = $right && $got === [42, null, 'hello'];

// A worker takes functions with their arguments from one queue, and puts the results into another one. There a STOP for each
// worker ends its loop; here the queue is closed.
function calculate(string $function, array $arguments): string
{
    return sprintf('%s(%s) = %s', $function, implode(', ', $arguments), $function(...$arguments));
}

function mul(int $a, int $b): int
{
    return $a * $b;
}

function plus(int $a, int $b): int
{
    return $a + $b;
}

const WORKERS = 4;
[$tasks, $done] = [Channel::create(64), Channel::create(64)];
$workers = [];
for ($i = 0; $i < WORKERS; $i++) {
    $workers[] = async(function () use ($tasks, $done): void {
        foreach ($tasks as [$function, $arguments]) {
            $done->send(calculate($function, $arguments));
        }
    });
}
for ($i = 0; $i < 20; $i++) {
    $tasks->send(['mul', [$i, 7]]);
}
$results = [];
for ($i = 0; $i < 20; $i++) {
    $results[] = $done->receive();
}
for ($i = 0; $i < 10; $i++) {
    $tasks->send(['plus', [$i, 8]]);
}
for ($i = 0; $i < 10; $i++) {
    $results[] = $done->receive();
}
$tasks->close();
await($workers);
printf("%d results, such as %s and %s\n", count($results), min(array_slice($results, 0, 20)), min(array_slice($results, 20)));
sort($results);
$expected = [...array_map(fn (int $i) => calculate('mul', [$i, 7]), range(0, 19)),
    ...array_map(fn (int $i) => calculate('plus', [$i, 8]), range(0, 9))];
sort($expected);
$right = $right && $results === $expected;

// Pool.imap_unordered() and the rest of that page need no queue here.
$squares = map(range(0, 9), fn (int $x) => $x * $x);
echo implode(' ', $squares), "\n";

if (!$right || $squares !== [0, 1, 4, 9, 16, 25, 36, 49, 64, 81]) {
    fwrite(STDERR, "the results are wrong\n");
    exit(1);
}
