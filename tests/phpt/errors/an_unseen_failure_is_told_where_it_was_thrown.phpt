--TEST--
The warning of a failure that nobody saw has the file and line of its throw
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = Pool::create();
$pool['x'] = fn() => throw new LogicException('thrown in line 6');
await(async(fn() => 1)->then(function () { })); // somewhere else
while ($pool->status()->failed === 0) {
    usleep(1000);
}
$pool->clearFinished();
unset($pool);
?>
--EXPECTF--
Warning: Unhandled failure of task "x" (pid %d): LogicException: thrown in line 6 in %san_unseen_failure_is_told_where_it_was_thrown.php on line 6
