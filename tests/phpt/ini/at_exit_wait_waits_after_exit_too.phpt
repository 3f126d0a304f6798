--TEST--
async.at_exit=wait: started tasks are waited for after exit, and the exit code stays
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php('
    $gate = new Gate();
    register_shutdown_function(function () use ($gate) { $gate->open(); });
    async(function () use ($gate) { $gate->pass(); echo "the task has ended\n"; });
    exit(6);
');
?>
--EXPECT--
the task has ended
exit 6
