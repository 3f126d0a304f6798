--TEST--
A queue that async.max_children holds back goes on as soon as another process leaves a place, also while the parent computes
--INI--
async.max_children=2
--FILE--
<?php
use Async\Pool;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

set_time_limit(50);
$gate = new Gate();
$notes = new Notes();
// It has one place, and its task the other.
$busy = async(function () use ($gate, $notes) {
    async(function () use ($gate, $notes) { $notes->write('both taken'); $gate->pass(); })->await();
    (new Gate())->never();
})->start();
echo $notes->next(), "\n";
$done = null;
async(fn() => 'started')->then(function (string $value) use (&$done) { $done = $value; })->start();
for ($i = 0; $i < 1_000_000; $i++);
var_dump($done);
$gate->open();
while ($done === null);
echo $done, "\n";
$busy->cancel();
?>
--EXPECT--
both taken
NULL
started
