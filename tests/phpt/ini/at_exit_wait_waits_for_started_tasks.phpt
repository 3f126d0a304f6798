--TEST--
async.at_exit=wait: started tasks are waited for at the end of the script
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
register_shutdown_function(function () use ($gate) {
    echo "the script has ended\n";
    $gate->open();
});
async(function () use ($gate) { $gate->pass(); echo "the task has ended\n"; });
?>
--EXPECT--
the script has ended
the task has ended
