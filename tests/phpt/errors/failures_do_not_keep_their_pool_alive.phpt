--TEST--
A failure does not keep the pool alive that was waited for when it was reported: warm workers end with the pool
--INI--
zend.exception_ignore_args=0
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
$pool[] = fn() => posix_kill(getmypid(), SIGKILL);
$pool[] = fn() => getmypid();
[$death, $value] = settle($pool);
$pid = $value->await();
echo $death->error()::class, ' ', isset($death->error()->getTrace()[0]['args']) ? 'with' : 'without', " arguments\n";
$gone = WeakReference::create($pool);
unset($pool, $death, $value);
var_dump($gone->get());
ended($pid);
?>
--EXPECT--
Async\ProcessDiedException without arguments
NULL
