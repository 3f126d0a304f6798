--TEST--
The collector of a process that the application forks in a handler takes no future that is used there
--EXTENSIONS--
pcntl
--FILE--
<?php
use Async\Pool;

$pool = Pool::create()->tasksPerChild(3);
$iterator = $pool->map(range(1, 3), fn (int $item) => $item);
$iterator->valid();
$future = $pool->add(fn () => 'value')
    ->then(function (string $value) use ($pool) {
        $pid = pcntl_fork();
        gc_collect_cycles();
        if ($pid !== 0) {
            pcntl_waitpid($pid, $status);
        }
        return $value;
    });
$pool->wait();
$objects = array_map(fn (int $i) => (object) ['number' => $i], range(1, 20));
gc_collect_cycles();
echo $future->await(), ' ', count($pool), ' ', count($objects), "\n";
?>
--EXPECT--
value 1 20
value 1 20
