--TEST--
Who waits for the rate sleeps; while the parent works tasks start in time; a priority, a stop and a new rate hold at once
--FILE--
<?php
use Async\{Pool, Status};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$cpu = fn() => array_sum(array_intersect_key(getrusage(), ['ru_utime.tv_usec' => 1, 'ru_stime.tv_usec' => 1])) + 1e6 * (getrusage()['ru_utime.tv_sec'] + getrusage()['ru_stime.tv_sec']);
$pool = Pool::create()->tasksPerChild(0)->rate(1, 0.5);
$pool[] = fn() => 1;
await($pool);
$pool[] = fn() => 2;
$before = $cpu();
await($pool);
echo 'sleeps: ', $cpu() - $before < 200_000 ? 'yes' : 'NO', "\n";

$pool = Pool::create()->rate(20);
$last = null;
for ($n = 0; $n < 4; $n++) {
    $last = $pool->add(fn() => 1);
}
for ($deadline = microtime(true) + 20; $last->status() !== Status::Succeeded && microtime(true) < $deadline;) {
    strlen('works');
}
echo 'works: ', $last->status()->name, "\n";

$notes = new Notes();
$pool = Pool::create()->rate(1, 0.1);
foreach (['first', 'low', 'high'] as $priority => $name) {
    $pool->add(fn() => $notes->write($name), $name, $priority);
}
await($pool);
echo 'priority: ', implode(' ', $notes->all()), "\n";

$pool = Pool::create()->rate(0.001);
$pool['begins'] = fn() => 'begins';
$pool['waits'] = fn() => 'waits';
echo 'a day: ', $pool['begins']->await(), ' ', $pool['waits']->status()->name;
echo ' ', told(fn() => $pool['waits']->await(0.02)), ' ';
$pool->stop();
echo $pool['waits']->status()->name, ' ', json_encode(await($pool)), "\n";
$pool = Pool::create()->rate(0.001);
$pool[] = fn() => 1;
$pool[] = fn() => 2;
echo 'a new rate: ', json_encode(await($pool->rate(1000))), "\n";
$pool = Pool::create()->rate(0.001);
$pool->add(fn() => 1);
$pool->add(fn() => 2)->cancel();
echo 'cancelled: ', json_encode(await($pool)), "\n";
?>
--EXPECT--
sleeps: yes
works: Succeeded
priority: first high low
a day: begins Queued Async\TimeoutException: no result within 0.02 s; what was awaited goes on Cancelled {"begins":"begins"}
a new rate: [1,2]
cancelled: [1]
