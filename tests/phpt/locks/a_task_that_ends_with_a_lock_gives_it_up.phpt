--TEST--
A task that ends with a lock gives it up, whatever its end, and whether or not its process ends; the next holder is told
--FILE--
<?php
use Async\{Mutex, Pool, Semaphore};
use function Async\{await, settle};

$mutex = new Mutex();
$semaphore = new Semaphore(3);
$ends = [
    'returns' => fn() => 1,
    'throws' => fn() => throw new Exception('thrown'),
    'exits' => fn() => exit(3),
    'fails' => fn() => (function () { ini_set('display_errors', '0'); trigger_error('fatal', E_USER_ERROR); })(),
];
foreach ([1, 0] as $tasks) {
    echo $tasks === 1 ? "isolated\n" : "warm\n";
    foreach ($ends as $name => $end) {
        $pool = Pool::create()->concurrency(1);
        $tasks === 0 and $pool->tasksPerChild(0);
        $pool[] = function () use ($mutex, $semaphore, $end) {
            $mutex->acquire();
            $semaphore->acquire();
            $semaphore->acquire();
            $end();
        };
        settle($pool);
        $mutex->acquire();
        printf("%s: %s, %d\n", $name, $mutex->wasAbandoned() ? 'told' : 'not told', $semaphore->available());
        $mutex->release();
    }
}
?>
--EXPECT--
isolated
returns: told, 3
throws: told, 3
exits: told, 3
fails: told, 3
warm
returns: told, 3
throws: told, 3
exits: told, 3
fails: told, 3
