--TEST--
async.at_exit=kill: started tasks are ended at the end of the script
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$script = new Script('
    $ready = new Gate();
    $future = async(function () use ($ready) { $ready->open(); while (true) { sleep(60); } });
    $ready->pass();
    echo $future->pid(), "\n";
', '-d async.at_exit=kill');
$pid = (int) $script->line();
echo 'exit ', $script->end(), "\n";
ended($pid);
?>
--EXPECT--
exit 0
