--TEST--
A handler never runs inside another handler (pain 31)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$first = async(fn() => 1);
$gate = new Gate();
$second = async(fn() => $gate->pass());
$log = [];
$second->then(function () use (&$log) { $log[] = 'second'; });
$first->then(function () use (&$log, $gate, $second) {
    $log[] = 'first begins';
    $gate->open();
    ended($second->pid());
    for ($i = 0; $i < 100_000; $i++);
    $log[] = 'first ends';
});
await([$first, $second]);
echo implode(', ', $log), "\n";
?>
--EXPECT--
first begins, first ends, second
