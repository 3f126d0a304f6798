--TEST--
Pool::onMessage(): at safe points, while the script waits for whatever or computes; all messages of a task before its handlers
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, channel};

$said = [];
$pool = Pool::create()->concurrency(3);
$pool->onMessage(function (mixed $message, Future $from) use (&$said): void {
    $said[$from->key()][] = $message;
});
$task = function (int $messages): callable {
    return function () use ($messages): int {
        for ($i = 1; $i <= $messages; $i++) {
            channel()->send($i);
        }
        return $messages;
    };
};
$check = function (string $how) use (&$said): void {
    ksort($said);
    foreach ($said as $key => $messages) {
        $then = array_pop($messages);
        echo $how, ' ', $key, ': ', $messages === range(1, count($messages)) ? count($messages) : 'wrong order', ' ', $then, "\n";
    }
    $said = [];
};
$add = function (Pool $pool, string $key, int $messages) use ($task, &$said): Future {
    return $pool->add($task($messages), $key)->then(function () use ($key, &$said): void {
        $said[$key][] = 'then';
    });
};

foreach (['isolated' => $pool, 'warm' => (clone_of($pool))->tasksPerChild(0)] as $kind => $of) {
    $add($of, 'a', 3);
    $add($of, 'b', 500); // more than fits at a time
    await($of);
    $check("$kind, await");

    $add($of, 'c', 200);
    foreach ($of as $future) {
    }
    $check("$kind, foreach");

    $add($of, 'd', 200);
    $of->wait();
    $check("$kind, wait");

    $future = $add($of, 'e', 200);
    while (!isset($said['e']) || end($said['e']) !== 'then') {
        // The script computes: the notifier tells.
    }
    $check("$kind, a loop");

    // One message, and its task goes on only when it was handled.
    $future = $of->add(function (): string {
        channel()->send('question');
        return channel()->receive();
    }, 'f');
    while (!isset($said['f'])) {
    }
    $future->channel()->send('answer');
    echo $kind, ' ', $said['f'][0], ' ', await($future), "\n";
    $said = [];

    // Code that waits for a message of a task gets it; another one goes to the handler.
    $future = $of->add(function (): void {
        channel()->receive();
        while (!str_contains(file_get_contents('/proc/' . posix_getppid() . '/stat'), ') S ')) {
            usleep(1000);
        }
        channel()->send('for who waits');
        channel()->receive();
        channel()->send('for the handler');
    }, 'g');
    $future->channel()->send('begin');
    echo $kind, ' ', $future->channel()->receive(), "\n";
    $future->channel()->send('go on');
    await($future);
    echo implode(' ', $said['g']), "\n";
    $said = [];
}

/** A pool with the same handler. */
function clone_of(Pool $pool): Pool
{
    global $said;
    return Pool::create()->concurrency(3)->onMessage(function (mixed $message, Future $from) use (&$said): void {
        $said[$from->key()][] = $message;
    });
}
?>
--EXPECT--
isolated, await a: 3 then
isolated, await b: 500 then
isolated, foreach c: 200 then
isolated, wait d: 200 then
isolated, a loop e: 200 then
isolated question answer
isolated for who waits
for the handler
warm, await a: 3 then
warm, await b: 500 then
warm, foreach c: 200 then
warm, wait d: 200 then
warm, a loop e: 200 then
warm question answer
warm for who waits
for the handler
