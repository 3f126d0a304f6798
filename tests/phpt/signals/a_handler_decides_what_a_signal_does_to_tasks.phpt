--TEST--
Where the application handles a signal, its handler decides: stop() lets run what runs, cancel() ends it, nothing at all is nothing
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

pcntl_async_signals(true);
$decisions = [
    'stop' => function (Async\Pool $pool) { $pool->stop(); },
    'cancel' => function (Async\Pool $pool) { $pool->cancel(); },
    'nothing' => function () {},
];
foreach ([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1] as $signal) {
    foreach (['own' => 1, 'stay' => 0] as $kind => $tasks) {
        foreach ($decisions as $name => $decide) {
            [$begun, $gate] = [new Gate(), new Gate()];
            $pool = Async\Pool::create()->concurrency(1)->tasksPerChild($tasks);
            pcntl_signal($signal, function () use ($pool, $decide, $gate) {
                $decide($pool);
                $gate->open(2);
            });
            foreach (['a', 'b'] as $key) {
                $pool[$key] = function () use ($begun, $gate, $name, $key) {
                    $begun->open();
                    $name === 'cancel' ? $gate->never() : $gate->pass();
                    return "$key is done";
                };
                $key === 'b' || $begun->pass();
            }
            posix_kill(getmypid(), $signal);
            $ended = [];
            foreach (Async\settle($pool) as $key => $future) {
                $ended[] = $future->error() ? $future->error()::class : $future->await();
            }
            $told[$name][implode(', ', $ended)][] = "$kind $signal";
        }
    }
}
foreach ($told as $name => $ways) {
    foreach ($ways as $way => $of) {
        echo "$name: $way, ", count($of), " of 10\n";
    }
}
?>
--EXPECT--
stop: a is done, Async\CancelledException, 10 of 10
cancel: Async\CancelledException, Async\CancelledException, 10 of 10
nothing: a is done, b is done, 10 of 10
