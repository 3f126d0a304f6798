--TEST--
A warm worker that is killed costs the task that it was running, and no other; none runs twice
--FILE--
<?php
use Async\{Pool, ProcessDiedException};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$pool = Pool::create()->concurrency(2)->tasksPerChild(0);
for ($i = 0; $i < 200; $i++) {
    $pool[] = function () use ($i, $notes) {
        $notes->write($i);
        if ($i % 20 === 7) {
            posix_kill(getmypid(), SIGKILL);
        }
        return $i;
    };
}
$failed = $right = [];
foreach (settle($pool) as $i => $future) {
    $error = $future->error();
    if ($error !== null) {
        $failed[$i] = $error::class . ' ' . $error->signalName;
    } else {
        $right[] = $future->await() === $i;
    }
}
var_dump(array_keys($failed) === range(7, 199, 20), array_unique($failed), count($right), array_unique($right));
$lines = $notes->all();
var_dump(count($lines), count(array_unique($lines)));
?>
--EXPECT--
bool(true)
array(1) {
  [7]=>
  string(34) "Async\ProcessDiedException SIGKILL"
}
int(190)
array(1) {
  [0]=>
  bool(true)
}
int(200)
int(200)
