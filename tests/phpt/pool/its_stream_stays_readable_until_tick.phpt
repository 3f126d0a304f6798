--TEST--
The stream of a pool stays readable from an end, whatever kind of end and whoever has noticed it, until tick() has told of it
--FILE--
<?php
use Async\{Future, Pool};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$runs = new Runs();
$ends = [
    'a value' => fn() => 1,
    'an exception' => fn() => throw new DomainException(),
    'exit' => fn() => exit(3),
    'a signal' => fn() => posix_kill(getmypid(), SIGKILL),
    'a fatal error' => function () {
        set_error_handler(null);
        error_reporting(0);
        ini_set('memory_limit', '8M');
        str_repeat('x', 1 << 30);
    },
    'a time limit' => fn() => sleep(PATIENCE),
    'a repeat' => fn() => $runs->count('repeat') % 2 ? throw new DomainException() : 2,
    'a large value' => fn() => str_repeat('x', 1 << 20),
];
$readable = function ($stream): bool {
    do {
        $read = [$stream];
        $write = $except = null;
        $ready = @stream_select($read, $write, $except, PATIENCE);
    } while ($ready === false); // a signal, of the notifier
    return $ready === 1;
};
foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    foreach ($ends as $name => $end) {
        foreach (['before' => false, 'after' => true] as $when => $isNoticed) {
            $pool = Pool::create()->tasksPerChild($tasks)->concurrency(1);
            if ($name === 'a repeat') {
                $pool->retry(1, 0.01);
            }
            $stream = $pool->stream();
            $future = $pool->add($end)->catch(fn(Throwable $e) => null);
            if ($name === 'a time limit') {
                $future->timeout(0.05);
            }
            if ($isNoticed) {
                // Taken in at interrupts, before the stream is looked at.
                while (Async\select([$future], 0.0) === []) {
                }
            }
            for ($told = 0, $looks = 0; $told === 0; $told = $pool->tick()) {
                for ($i = 0; $i < 3; $i++, $looks++) {
                    if (!$readable($stream)) {
                        exit("$kind, $name: not readable at look $looks, $when the end was noticed\n");
                    }
                }
            }
            if ($told !== 1 || $pool->tick() !== 0) {
                exit("$kind, $name: told more than once\n");
            }
        }
    }
    echo "$kind: ", count($ends), " ends\n";
}
?>
--EXPECT--
isolated: 8 ends
warm: 8 ends
