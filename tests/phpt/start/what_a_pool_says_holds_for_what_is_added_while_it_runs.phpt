--TEST--
What a pool says of time limits, repeats, stop() and cancel() holds for a task that was added while it ran
--FILE--
<?php
use Async\{Pool, Status, TimeoutException};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$run = fn() => async(fn() => $gate->never());

// Its limit counts from the beginning of the task.
$pool = Pool::create()->timeout(0.05);
$pool['late'] = $late = $run()->start();
echo told(fn() => await($late)), "\n";
var_dump($late->status(), count($pool->getTimeouts()));

// A limit of its own is kept.
$pool = Pool::create()->timeout(0.05);
$own = $run()->start()->timeout(0.1);
$pool['own'] = $own;
echo told(fn() => await($own)), "\n";

// It is run again.
$notes = new Notes();
$pool = Pool::create()->concurrency(1)->retry(2);
$fails = async(function () use ($notes, $gate) {
    $notes->write('run');
    $gate->pass();
    throw new DomainException('always');
})->start();
$pool['fails'] = $fails;
$gate->open(3);
echo told(fn() => await($fails)), ' after ', $fails->attempts(), ' attempts, ', count($notes->all()), " runs\n";

// stop() lets it run, cancel() ends it.
$pool = Pool::create();
$runs = async(function () use ($gate) { $gate->pass(); return 'ran'; })->start();
$pool['runs'] = $runs;
$pool->stop();
$gate->open();
echo json_encode(await($pool)), "\n";
$runs = async(function () use ($gate) { $gate->pass(); return 'ran, too'; })->start();
$pool['runs too'] = $runs;
$gate->open();
echo json_encode(await($pool)), "\n";
$pool = Pool::create();
$forever = $run()->start();
$pool['forever'] = $forever;
$pool->cancel();
echo json_encode(await($pool)), "\n";
var_dump($forever->status());
$pool = Pool::create();
$forever = $run()->start();
$pool['forever'] = $forever;
unset($pool['forever']);
told(fn() => await($forever));
var_dump($forever->status(), count($pool));
?>
--EXPECTF--
Async\TimeoutException: task "late" (pid %d) did not end within 0.05 s%S
enum(Async\Status::TimedOut)
int(1)
Async\TimeoutException: task "own" (pid %d) did not end within 0.1 s%S
DomainException: always after 3 attempts, 3 runs
{"runs":"ran"}
{"runs":"ran","runs too":"ran, too"}
[]
enum(Async\Status::Cancelled)
enum(Async\Status::Cancelled)
int(0)
