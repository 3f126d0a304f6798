--TEST--
A warm worker ends after async.idle_timeout without work, also while its parent is inside a system call
--INI--
async.idle_timeout=0.05
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

foreach (['in a system call' => true, 'in a loop' => false] as $where => $blocks) {
    $program = popen('cat >/dev/null; echo the program has ended', 'w'); // not before every copy of this end is closed
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    $gate = new Gate();
    $pool[] = fn() => $gate->open() ?? getmypid();
    $pool[] = fn() => $gate->pass() ?? getmypid();
    $pids = await($pool);
    echo count(array_unique($pids)), " children, $where\n";
    if ($blocks) {
        pclose($program);
    }
    ended(...$pids);
    if (!$blocks) {
        pclose($program);
    }
}

// One that is in no hurry.
ini_set('async.idle_timeout', '0');
$stays = Pool::create()->concurrency(1)->tasksPerChild(0);
$stayed = await([$stays->add(getmypid(...))])[0];
ini_set('async.idle_timeout', '0.05');
$leaves = Pool::create()->concurrency(1)->tasksPerChild(0);
ended(await([$leaves->add(getmypid(...))])[0]);
echo alive($stayed) ? "with 0 it stays\n" : "it has left\n";
echo await([$stays->add(getmypid(...))])[0] === $stayed ? "and goes on\n" : "another\n";
echo await([$leaves->add(fn() => 'whoever has left is replaced')])[0], "\n";
?>
--EXPECT--
2 children, in a system call
the program has ended
2 children, in a loop
the program has ended
with 0 it stays
and goes on
whoever has left is replaced
