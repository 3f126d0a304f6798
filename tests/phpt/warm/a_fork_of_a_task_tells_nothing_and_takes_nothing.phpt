--TEST--
A fork that a task makes, and that comes back from it, tells nothing and takes no other task
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$file = tempnam(sys_get_temp_dir(), 'async');
$pool = warm(2);
foreach (['return', 'throw', 'exit'] as $way) {
    for ($i = 0; $i < 30; $i++) {
        $pool[] = function () use ($way, $i, $file) {
            file_put_contents($file, "$way $i\n", FILE_APPEND | LOCK_EX);
            $pid = $i % 10 === 3 ? pcntl_fork() : null;
            if ($pid === 0) {
                $way === 'throw' && throw new Exception('the fork');
                $way === 'exit' && exit(4);
                return 'the fork';
            }
            $pid && pcntl_waitpid($pid, $status); // it has come to its end first
            return $pid ? pcntl_wexitstatus($status) : 'no fork';
        };
    }
}
foreach (array_chunk(Async\await($pool), 30) as $values) {
    echo json_encode(array_count_values($values)), "\n";
}
$lines = file($file);
var_dump(count($lines), count(array_unique($lines)));
unlink($file);
?>
--EXPECT--
{"no fork":27,"0":3}
{"no fork":27,"255":3}
{"no fork":27,"4":3}
int(90)
int(90)
