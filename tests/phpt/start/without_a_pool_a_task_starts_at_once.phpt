--TEST--
Without a pool a task starts at once, beside the parent's own work
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$there = new Gate();
$back = new Gate();

$future = async(function () use ($there, $back) {
    $there->open();
    $back->pass();
    return 'met';
});
// Nothing here awaits: the child must be running by itself to meet us.
$there->pass();
echo "the child runs\n";
$back->open();
echo await($future), "\n";
?>
--EXPECT--
the child runs
met
