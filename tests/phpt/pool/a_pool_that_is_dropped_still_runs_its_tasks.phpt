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
echo $notes->next(), "\n", $notes->next(), "\n";
?>
--EXPECT--
first
second
