--TEST--
With retry() a task that threw, died, exited or ran out of time is run again, as often as asked; one that succeeds is not
--FILE--
<?php
use Async\Pool;
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $runs = new Runs();
    $gate = new Gate();
    $pool = Pool::create()->tasksPerChild($tasks)->concurrency(2)->retry(2);
    $pool['well'] = fn() => $runs->count('well');
    $pool['throws once'] = fn() => ($n = $runs->count('throws once')) > 1 ? $n : throw new DomainException();
    $pool['throws at length'] = fn() => ($n = $runs->count('throws at length')) > 1
        ? $n : throw new DomainException(str_repeat('.', 1_000_000));
    $pool['is killed twice'] = fn() => ($n = $runs->count('is killed twice')) > 2 ? $n : posix_kill(getmypid(), SIGKILL);
    $pool['exits'] = fn() => ($n = $runs->count('exits')) > 1 ? $n : exit(3);
    $pool['is too large'] = fn() => ($n = $runs->count('is too large')) > 1 ? $n : str_repeat('.', 1 << 40);
    $pool['is out of time'] = async(fn() => ($n = $runs->count('is out of time')) > 1 ? $n : $gate->never())->timeout(1);
    $pool['throws always'] = fn() => throw new DomainException('run ' . $runs->count('throws always'));
    echo "$kind\n";
    foreach (settle($pool) as $name => $future) {
        $error = $future->error();
        $told = $error ? $error::class . ': ' . $error->getMessage() : $future->await();
        echo $name, ': ', $future->status()->name, ' ', $told, ', attempts ', $future->attempts(), ', runs ', $runs->of($name), "\n";
    }
    echo $pool->status(), ' - retries: ', $pool->status()->retries, "\n";
}
?>
--EXPECT--
isolated
well: Succeeded 1, attempts 1, runs 1
throws once: Succeeded 2, attempts 2, runs 2
throws at length: Succeeded 2, attempts 2, runs 2
is killed twice: Succeeded 3, attempts 3, runs 3
exits: Succeeded 2, attempts 2, runs 2
is too large: Succeeded 2, attempts 2, runs 2
is out of time: Succeeded 2, attempts 2, runs 2
throws always: Failed DomainException: run 3, attempts 3, runs 3
queue: 0 - finished: 7 - failed: 1 - timeout: 0
task "throws always" failed with DomainException: run 3 - retries: 9
warm
well: Succeeded 1, attempts 1, runs 1
throws once: Succeeded 2, attempts 2, runs 2
throws at length: Succeeded 2, attempts 2, runs 2
is killed twice: Succeeded 3, attempts 3, runs 3
exits: Succeeded 2, attempts 2, runs 2
is too large: Succeeded 2, attempts 2, runs 2
is out of time: Succeeded 2, attempts 2, runs 2
throws always: Failed DomainException: run 3, attempts 3, runs 3
queue: 0 - finished: 7 - failed: 1 - timeout: 0
task "throws always" failed with DomainException: run 3 - retries: 9
