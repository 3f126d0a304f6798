--TEST--
A task that needs a younger worker does not take the slot of an idle one that an earlier task is about to be taken by
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$end = new Gate();
$notes = new Notes();
$pool = Pool::create()->tasksPerChild(0)->concurrency(2)->warm(2);
$workers = explode(' ', trim(file_get_contents('/proc/self/task/' . getmypid() . '/children')));
// What names its gates can be sent to workers that are there, what is bound to them is for one that is forked later.
$pool[] = static function () { $GLOBALS['notes']->write(getmypid()); $GLOBALS['end']->pass(); };
$other = (int) current(array_diff($workers, [$notes->next()]));
posix_kill($other, SIGSTOP); // as on a machine that has more to do: it is woken, and takes nothing yet
in_state($other, 'T');
$pool['earlier'] = static function () { $GLOBALS['gate']->open(); return getmypid(); };
$pool[] = static function () use ($gate) { $gate->pass(); };
posix_kill($other, SIGCONT);
$pool[] = static function () use ($end) { $end->open(); };
echo count(await($pool)), $pool['earlier']->await() === $other ? ', by the idle one' : ', by another', "\n";
?>
--EXPECT--
4, by the idle one
