--TEST--
A handler that has waited for 10 s for the code that knows of it is told, once, with what to do
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

/** Polls a variable in a function that knows of no handler. */
function poll(Gate $gate, array &$ran): void
{
    $gate->open(2);
    for ($until = microtime(true) + 2 * PATIENCE; error_get_last() === null && $ran === [] && microtime(true) < $until;) {
        usleep(1000);
    }
    for ($until = microtime(true) + 1; $ran === [] && microtime(true) < $until;) { // for another one, that must not come
        usleep(1000);
    }
}
$ran = [];
$gate = new Gate();
async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'first'; });
async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'second'; });
poll($gate, $ran);
while (count($ran) < 2) {
}
echo implode(', ', $ran), "\n";
?>
--EXPECTF--
Notice: The handlers of task #%d (pid %d) have waited for 10 s for the function that registered them, or one that had called it, to go on; call Async\Pool::tick() where it is right to run them, or set async.handlers=anywhere in %s on line %d
%r(first, second|second, first)%r
