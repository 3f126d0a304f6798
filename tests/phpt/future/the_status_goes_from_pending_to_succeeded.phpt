--TEST--
The status goes from Pending over Queued and Running to Succeeded
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
$made = fn(Closure $task) => async($task);
$first = $made(function () use ($gate) { $gate->pass(); });
$second = $made(fn() => 1);
echo $second->status()->name, "\n";
$pool[] = $first;
$pool[] = $second;
echo $first->status()->name, ' ', $second->status()->name, "\n";
$gate->open();
await($pool);
echo $first->status()->name, ' ', $second->status()->name, "\n";
var_dump($second->status() === Status::Succeeded);
?>
--EXPECT--
Pending
Running Queued
Succeeded Succeeded
bool(true)
