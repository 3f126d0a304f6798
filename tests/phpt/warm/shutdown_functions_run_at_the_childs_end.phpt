--TEST--
Shutdown functions that tasks registered run once, when their child ends
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$notes = new Notes();
register_shutdown_function(fn() => null); // of the parent, and not the child's
$pool = Pool::create()->concurrency(1)->tasksPerChild(3);
for ($i = 0; $i < 6; $i++) {
    $pool[] = function () use ($i, $notes) {
        $notes->write("task $i");
        register_shutdown_function(fn() => $notes->write("end of $i"));
    };
}
$pool->wait();
unset($pool); // its last child may have room for another task
$lines = [];
for ($i = 0; $i < 12; $i++) {
    $lines[] = $notes->next();
}
$at = array_flip($lines);
for ($i = 0; $i < 6; $i++) {
    echo "task $i, then its end: ", $at["task $i"] < $at["end of $i"] ? 'yes' : 'no', "\n";
}
?>
--EXPECT--
task 0, then its end: yes
task 1, then its end: yes
task 2, then its end: yes
task 3, then its end: yes
task 4, then its end: yes
task 5, then its end: yes
