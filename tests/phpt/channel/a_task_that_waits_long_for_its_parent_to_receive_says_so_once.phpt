--TEST--
A task that has waited for 10 s for its parent to receive raises a notice, once, that says what to do in the parent; a time limit of its own spares that
--FILE--
<?php
use function Async\{async, await, channel};

require __DIR__ . '/../../support/sync.php';

$task = fn (?float $limit, Notes $notes) => async(function () use ($limit, $notes): int {
    set_error_handler(function (int $level, string $text) use ($notes): bool {
        $notes->write(($level === E_NOTICE ? 'notice: ' : "level $level: ") . $text);
        return true;
    });
    for ($i = 0; $i < 200; $i++) {
        try {
            channel()->send($i, $i === 64 ? $limit : null); // there is room for 64
        } catch (Async\TimeoutException) {
            $notes->write('its own time limit');
            return $i;
        }
    }
    return $i;
});
[$limited, $endless] = [new Notes(), new Notes()];
$tasks = ['limited' => $task(10.5, $limited), 'endless' => $task(null, $endless)];
echo $limited->next(), "\n";
echo str_replace((string) getmypid(), 'PID', $endless->next()), "\n";
foreach ($tasks as $name => $task) {
    echo $name, ': ', array_sum(iterator_to_array($task->channel())), ' ', await($task), "\n";
}
echo count($limited->all()) + count($endless->all()), "\n";
?>
--EXPECT--
its own time limit
notice: This task has waited for 10 s to send, as its parent (pid PID) receives no message of it: await() alone receives none; loop over Future::channel() there, call its receive(), or use Async\Pool::onMessage()
limited: 2016 64
endless: 19900 200
0
