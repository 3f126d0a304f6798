--TEST--
A running task that is added to a pool of warm workers holds the slot of one of them
--FILE--
<?php
use Async\{Pool, Route};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
await([$pool->add(fn() => getmypid(), 'first')]);
$gate = new Gate();
$running = async(function () use ($gate) { $gate->pass(); return 'isolated'; })->start();
$pool['running'] = $running;
$pool['next'] = fn() => 'in a warm worker';
ended(await($pool['first'])); // the idle one made room
$pool->tick();
echo count($pool->getQueue()), " waits\n";
$running->timeout(20.0);
$gate->open();
$values = await($pool);
unset($values['first']);
echo json_encode($values), ' ', $running->route()->name, "\n";

$pool['again'] = $again = async(fn() => 'sent');
echo await($again), "\n";
?>
--EXPECT--
1 waits
{"running":"isolated","next":"in a warm worker"} Forked
sent
