--TEST--
The collector of a process that the application forks in a handler takes no future that is used there
--EXTENSIONS--
pcntl
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    $pool = Pool::create()->tasksPerChild(3);
    $done = false;
    $future = $pool->add(fn () => 'value')->then(function (string $value) use (&$done) {
        $done = true;
        $pid = pcntl_fork();
        gc_collect_cycles();
        if ($pid !== 0) {
            pcntl_waitpid($pid, $status);
            echo 'its fork: ', pcntl_wifexited($status) ? pcntl_wexitstatus($status) : 'killed', "\n";
        }
        return $value;
    });
    for ($until = microtime(true) + PATIENCE; !$done && microtime(true) < $until;) {
        usleep(1_000);
    }
    $objects = array_map(fn (int $i) => (object) ['number' => $i], range(1, 20));
    gc_collect_cycles();
    echo $future::class, ' ', count($objects), "\n";
    PHP, '-d auto_prepend_file='); // it complains of a fork that ends by itself
?>
--EXPECT--
Async\Future 20
its fork: 0
Async\Future 20
exit 0
