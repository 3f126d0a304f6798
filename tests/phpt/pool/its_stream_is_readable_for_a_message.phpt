--TEST--
The stream of a pool is readable from a message until tick() has given it to the function of onMessage(), also when an interrupt has taken it in where that may not run
--FILE--
<?php
use Async\{Future, Pool};

require __DIR__ . '/../../support/sync.php';

/** Knows of no handler: none runs while this does. */
final class Loop
{
    public static function isReadable($stream, int $seconds): bool
    {
        do {
            $read = [$stream];
            $write = $except = null;
            $ready = @stream_select($read, $write, $except, $seconds);
        } while ($ready === false); // a signal, of the notifier
        return $ready === 1;
    }

    /** Long enough for interrupts. */
    public static function work(Notes $sent, int $n): void
    {
        while ($sent->next() !== (string) $n) {
        }
        for ($until = hrtime(true) + 5e6; hrtime(true) < $until;) {
        }
    }
}

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    [$gate, $sent] = [new Gate(), new Notes()];
    $got = [];
    $pool = Pool::create()->tasksPerChild($tasks)
        ->onMessage(function (int $message, Future $from) use (&$got) { $got[] = [$from->key(), $message]; });
    $stream = $pool->stream();
    $pool['task'] = function () use ($gate, $sent) {
        $gate->pass();
        for ($n = 1; $n <= 3; $n++) {
            Async\channel()->send($n);
            $sent->write($n);
            $gate->pass();
        }
    };
    echo "$kind: ", Loop::isReadable($stream, 0) ? 'readable' : 'nothing yet', "\n";
    for ($n = 1; $n <= 3; $n++) {
        $gate->open();
        $n === 2 && Loop::work($sent, $n);
        $n === 3 && $sent->next();
        for (; count($got) < $n; $pool->tick()) {
            // Twice, as it stays readable. At an interrupt of this script the function may be called before.
            for ($look = 0; $look < 2; $look++) {
                Loop::isReadable($stream, PATIENCE) || count($got) === $n || exit("not readable for message $n\n");
            }
        }
        echo json_encode($got), "\n";
    }
    while (Loop::isReadable($stream, 0)) {
        $pool->tick();
    }
    echo $pool->status()->running, " runs, and nothing is to be done\n";
    $gate->open();
    for ($ended = 0; $ended === 0; $ended = $pool->tick()) {
        Loop::isReadable($stream, PATIENCE) || exit('not readable at the end');
    }
}
?>
--EXPECT--
isolated: nothing yet
[["task",1]]
[["task",1],["task",2]]
[["task",1],["task",2],["task",3]]
1 runs, and nothing is to be done
warm: nothing yet
[["task",1]]
[["task",1],["task",2]]
[["task",1],["task",2],["task",3]]
1 runs, and nothing is to be done
