--TEST--
status() counts by state, and reads as one line, with another for each failure, and one for all that were cancelled
--FILE--
<?php
use Async\Pool;
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = Pool::create()->concurrency(1);
echo $pool->status(), "\n";
$pool[] = fn() => 1;
$pool[] = fn() => throw new DomainException('no');
$pool[] = async(fn() => $gate->never())->timeout(0.05);
settle($pool);
$pool[] = fn() => $gate->pass();
$pool[] = fn() => 2;
$status = $pool->status();
echo $status, "\n";
var_dump($status);
$gate->open();
settle($pool);
echo $pool->status(), "\n", $status, "\n";
$pool[] = fn() => $gate->never();
$pool[] = fn() => 3;
$pool->cancel();
settle($pool);
echo $pool->status(), "\n";
?>
--EXPECTF--
queue: 0 - finished: 0 - failed: 0 - timeout: 0
queue: 1 - finished: 1 - failed: 1 - timeout: 1
task [1] failed with DomainException: no
task [2] failed with Async\TimeoutException: task [2] (pid %d) did not end within 0.05 s and was ended; raise timeout() or make the task shorter
object(Async\PoolStatus)#%d (9) {
  ["queued"]=>
  int(1)
  ["running"]=>
  int(1)
  ["finished"]=>
  int(1)
  ["failed"]=>
  int(1)
  ["timedOut"]=>
  int(1)
  ["forked"]=>
  int(4)
  ["inherited"]=>
  int(0)
  ["sent"]=>
  int(0)
  ["retries"]=>
  int(0)
}
queue: 0 - finished: 3 - failed: 1 - timeout: 1
task [1] failed with DomainException: no
task [2] failed with Async\TimeoutException: task [2] (pid %d) did not end within 0.05 s and was ended; raise timeout() or make the task shorter
queue: 1 - finished: 1 - failed: 1 - timeout: 1
task [1] failed with DomainException: no
task [2] failed with Async\TimeoutException: task [2] (pid %d) did not end within 0.05 s and was ended; raise timeout() or make the task shorter
queue: 0 - finished: 3 - failed: 3 - timeout: 1
task [1] failed with DomainException: no
task [2] failed with Async\TimeoutException: task [2] (pid %d) did not end within 0.05 s and was ended; raise timeout() or make the task shorter
cancelled, and counted as failed: 2
