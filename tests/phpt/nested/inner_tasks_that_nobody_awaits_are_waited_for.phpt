--TEST--
Tasks that a task started and did not await end with it or before it: none is left behind
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pid = await(async(function () use ($notes) {
    $inner = async(fn() => $notes->write('inner'));
    return $inner->pid();
}));
echo $notes->next(), "\n";
ended($pid);
?>
--EXPECT--
inner
