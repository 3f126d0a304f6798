--TEST--
Children that warm() keeps end as recycle() says and when they die, and those that come after them are kept too
--INI--
async.idle_timeout=0.02
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** Waits for longer than a child without work stays. */
function wait_for_idlers(): void
{
    ended(await([Pool::create()->tasksPerChild(0)->add(getmypid(...))])[0]);
}

$pool = Pool::create()->concurrency(1)->recycle(tasks: 2)->warm();
$pids = [];
for ($i = 0; $i < 6; $i++) {
    $pids[] = await([$pool->add(getmypid(...))])[0];
    $i % 2 ? ended($pids[$i]) : wait_for_idlers();
}
echo implode(' ', array_count_values($pids)), "\n";

$pool = Pool::create()->concurrency(1)->tasksPerChild(1)->warm(); // they stay for any number
$first = await([$pool->add(getmypid(...))])[0];
posix_kill($first, SIGKILL);
ended($first);
$second = await([$pool->add(getmypid(...))])[0];
wait_for_idlers();
echo $second === $first ? 'the same' : 'another', ', ', await([$pool->add(getmypid(...))])[0] === $second ? 'kept' : 'not kept', "\n";

// As many as are kept stay, not more: of three the one has left that came later.
$pool = Pool::create()->concurrency(3)->warm(2);
$gate = new Gate();
$three = [];
foreach (range(1, 3) as $i) {
    $three[] = $pool->add(fn() => $gate->pass() ?? getmypid());
}
while (count($pool->getInProgress()) < 3) {
    $pool->tick();
}
$gate->open(3);
$pids = await($three);
wait_for_idlers();
for ($until = hrtime(true) + 20e9; count(array_filter($pids, alive(...))) > 2 && hrtime(true) < $until; usleep(1000));
wait_for_idlers();
echo count(array_filter($pids, alive(...))), " are there\n";
?>
--EXPECT--
2 2 2
another, kept
2 are there
