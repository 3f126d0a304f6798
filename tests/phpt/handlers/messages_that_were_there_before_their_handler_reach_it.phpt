--TEST--
Messages that came before their pool had a handler, or before their task was in the pool, reach that handler
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, channel};

$ask = function (): string {
    channel()->send('question');
    return channel()->receive(30);
};
$answer = function (string $message, Future $from): void {
    $from->channel()->send("answer to the $message");
};
/** Waits until it has been seen that the task has sent something. */
function sent(Future $task, Pool ...$pools): Future
{
    while (count($task->channel()) === 0);
    array_map(fn (Pool $pool) => $pool->tick(), $pools);
    return $task;
}

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $pool = Pool::create()->tasksPerChild($tasks);
    $task = sent($pool->add($ask), $pool);
    $pool->onMessage($answer);
    echo "a handler that comes later, $kind: ", await($task), "\n";
}

$pool = Pool::create()->onMessage($answer);
$task = sent(async($ask)->start(), $pool);
$pool->add($task);
echo 'a task that is added later: ', await($task), "\n";

$task = async($ask)->start();
$received = sent($task, $pool)->channel()->receive();
$pool->add($task);
$task->channel()->send("answer to nobody but who took the $received");
echo 'a message that was taken already: ', await($task), "\n";
?>
--EXPECT--
a handler that comes later, isolated: answer to the question
a handler that comes later, warm: answer to the question
a task that is added later: answer to the question
a message that was taken already: answer to nobody but who took the question
