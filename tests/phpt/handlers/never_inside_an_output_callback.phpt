--TEST--
A handler never runs inside an output callback (pain 31)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$log = [];
$gate = new Gate();
$future = async(fn() => $gate->pass())->then(function () use (&$log) { $log[] = 'handler'; });
ob_start(function (string $buffer) use (&$log, $gate, $future) {
    $log[] = 'callback begins';
    $gate->open();
    ended($future->pid());
    for ($i = 0; $i < 100_000; $i++);
    $log[] = 'callback ends';
    return $buffer;
});
echo "printed\n";
ob_end_flush();
await($future);
echo implode(', ', $log), "\n";
?>
--EXPECT--
printed
callback begins, callback ends, handler
