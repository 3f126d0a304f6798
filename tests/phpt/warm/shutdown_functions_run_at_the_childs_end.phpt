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
for ($i = 0; $i < 12; $i++) {
    echo $notes->next(), "\n";
}
?>
--EXPECT--
task 0
task 1
task 2
end of 0
end of 1
end of 2
task 3
task 4
task 5
end of 3
end of 4
end of 5
