--TEST--
A pool that is dropped still runs the tasks that are in it, one after the other
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
(function () use ($notes) {
    $pool = Pool::create()->concurrency(1);
    $pool[] = fn() => $notes->write('first');
    $pool[] = fn() => $notes->write('second');
})();
$lines = [];
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while (count($lines) < 2 && hrtime(true) < $deadline) {
    usleep(1000);
    $lines = [...$lines, ...$notes->all()];
}
echo implode("\n", $lines), "\n";
?>
--EXPECT--
first
second
