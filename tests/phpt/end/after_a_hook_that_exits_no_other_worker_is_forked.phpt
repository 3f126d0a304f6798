--TEST--
A hook of a fork that exits: no other warm worker is forked, which would begin with an exit under way
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$notes = new Notes();
register_shutdown_function(function () use ($gate) {
    $children = trim(file_get_contents('/proc/self/task/' . getmypid() . '/children'));
    echo count(explode(' ', $children)), " worker\n";
    $gate->open(3);
});
$pool = Pool::create()->concurrency(3)->onFork(parent: function () use ($notes) {
    echo $notes->next(), "\n"; // while this one is at its item, the others wait for a worker
    exit;
});
$pool->map(range(1, 3), function () use ($gate, $notes) { $notes->write('begun'); $gate->pass(); });
echo "not reached\n";
?>
--EXPECT--
begun
1 worker
