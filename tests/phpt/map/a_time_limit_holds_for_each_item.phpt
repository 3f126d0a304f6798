--TEST--
A time limit holds for each item: one that runs over it is ended with all that it started, the others are run, and none twice
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\{Pool, TimeoutException};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$gate = new Gate();
foreach (['array', 'generator'] as $kind) {
    $runs = new Runs();
    $pids = new Notes();
    $items = range(0, 199);
    $run = function (int $i) use ($runs, $gate, $pids): int {
        $runs->add($i);
        switch (true) {
            case $i % 100 === 40:
                $gate->never();
            case $i % 100 === 70:
                pcntl_signal(SIGTERM, SIG_IGN);
                $gate->never();
            case $i === 150:
                $process = proc_open(['sleep', '1000'], [], $pipes);
                $pids->write(proc_get_status($process)['pid']);
                $gate->never();
            case $i >= 190:
                usleep(250_000); // all together take longer than one may
        }
        return $i;
    };
    $results = Pool::create()->concurrency(2)->timeout(1)->map($kind === 'array' ? $items : (fn() => yield from $items)(), $run);
    $right = 0;
    $late = [];
    while ($results->valid()) {
        try {
            $right += (int) ($results->current() === $results->key());
        } catch (TimeoutException $e) {
            $late[] = $results->key();
        }
        $results->next();
    }
    $often = array_filter(array_count_values($runs->all()), fn(int $n) => $n !== 1);
    echo "$kind: $right right, late ", implode(' ', $late), ', not run once: ', json_encode($often), "\n";
    ended((int) $pids->next());
}
echo preg_replace('/pid \d+/', 'pid N', $e->getMessage()), "\n";
?>
--EXPECT--
array: 195 right, late 40 70 140 150 170, not run once: []
generator: 195 right, late 40 70 140 150 170, not run once: []
task [170] (pid N) did not end within 1 s and was ended; raise timeout() or make the task shorter
