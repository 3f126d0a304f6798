--TEST--
What was to be looked at soon when a wait begins, under the notifier of signals, does not cut that wait short again and again
--INI--
async.notifier=signal
--FILE--
<?php
use Async\Pool;

// Which alarm is set when a wait begins is a matter of moments: one of many rounds hung, and for ever.
$pool = Pool::create()->retry(1, 0.002);
for ($round = 0; $round < 200; $round++) {
    $pool['a'] = fn() => no_such_function();
    $calls = 0;
    try {
        $pool->wait(function () use (&$calls) { return ++$calls > 500; });
        exit('hangs');
    } catch (Error) {
    }
    $pool->clearFinished();
}
echo "done\n";
?>
--EXPECT--
done
