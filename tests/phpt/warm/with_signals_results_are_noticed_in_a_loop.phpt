--TEST--
With async.notifier=signal the results of a warm worker are noticed in a plain loop
--INI--
async.notifier=signal
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = warm();
$pid = $pool->add(fn() => getmypid())->await();
$seen = [];
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
for ($i = 1; $i <= 20; $i++) {
    $pool->add(fn() => [$i, getmypid()])->then(function ($value) use (&$seen) { $seen[] = $value; });
    while (count($seen) < $i && hrtime(true) < $deadline);
}
var_dump($seen === array_map(fn($i) => [$i, $pid], range(1, 20)));
?>
--EXPECT--
bool(true)
