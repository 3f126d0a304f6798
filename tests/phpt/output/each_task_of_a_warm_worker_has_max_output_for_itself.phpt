--TEST--
async.max_output counts for each task, in warm workers too
--INI--
async.max_output=20
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

$pool = Pool::create()->output(Output::Capture)->concurrency(1)->tasksPerChild(0);
$tasks = [
    $pool->add(function () { echo '12345678901234567890'; }),
    $pool->add(function () { echo 'beginning ', str_repeat('.', 1000), "\nthe end.\n"; }),
    $pool->add(function () { echo '12345678901234567890'; }),
];
await($pool);
foreach ($tasks as $task) {
    echo $task->output(), "--\n";
}
?>
--EXPECT--
12345678901234567890--
beginning 
[... 1000 bytes cut by async.max_output=20 ...]

the end.
--
12345678901234567890--
