--TEST--
retry(if:) asks the script, at a safe point, whether a failure is worth another attempt: of tasks, isolated and warm, and of items
--FILE--
<?php
use Async\{CancelledException, Handlers, Pool, ProcessDiedException, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'attempts');
$attempts = function () use ($file) {
    clearstatcache();
    $size = filesize($file);
    file_put_contents($file, '');
    return $size;
};
$asked = [];
$if = function (Throwable $e) use (&$asked) {
    $asked[] = $e::class . ':' . $e->getCode();
    return !$e instanceof LengthException;
};
$throws = fn(string $class) => function () use ($class, $file) {
    file_put_contents($file, '.', FILE_APPEND);
    throw new $class('no', 7);
};
foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $pool = Pool::create()->tasksPerChild($tasks)->retry(2, if: $if);
    echo $kind, ': ', told(fn() => await($pool->add($throws(DomainException::class)))), ' ', $attempts();
    echo ', ', told(fn() => await($pool->add($throws(LengthException::class)))), ' ', $attempts();
    $future = $pool->add(fn() => exit(3));
    echo ', ', failure(fn() => $future->await())::class, ' ', $future->attempts(), ' ', implode(' ', $asked), "\n";
    $asked = [];
}
$map = fn(string $class) => Pool::create()->retry(2, if: $if)->map(['k' => 1, 'l' => 2], fn($n) => $n === 2 ? $n : $throws($class)(), catch: fn($e, $item, $key) => $e::class . $item . $key);
echo 'map: ', json_encode(iterator_to_array($map(DomainException::class))), ' ', $attempts(), ' ', json_encode(iterator_to_array($map(LengthException::class))), ' ', $attempts(), ' ', implode(' ', $asked), "\n";

echo "-- while the parent works, and not with handlers that run only in calls that wait\n";
$asked = [];
$pool = Pool::create()->retry(1, if: $if);
$future = $pool->add($throws(DomainException::class));
for ($deadline = microtime(true) + 20; !$asked && microtime(true) < $deadline;) {
    strlen('works');
}
echo count($asked), "\n";
Async\settle($pool);
$attempts();
$asked = [];
$pool = Pool::create()->retry(1, if: $if)->handlers(Handlers::Await);
$future = $pool->add($throws(LengthException::class));
while (filesize($file) === 0) {
    clearstatcache();
}
for ($deadline = microtime(true) + 0.05; microtime(true) < $deadline;) {
    strlen('works');
}
echo count($asked), ' ', failure(fn() => $future->await())::class, ' ', count($asked), "\n";

echo "-- what it throws is the failure; it may stop its pool, cancel the task, or await another one\n";
$pool = Pool::create()->retry(5, if: fn() => throw new LogicException('of if'));
$e = failure(fn() => await($pool->add($throws(DomainException::class))));
echo $e::class, ' ', $e->getPrevious()::class, "\n";
$pool = Pool::create();
$pool->retry(5, if: function () use ($pool) { $pool->stop(); return true; });
echo failure(fn() => await($pool->add($throws(DomainException::class))))::class, "\n";
$pool = Pool::create();
$pool->retry(5, if: function () use ($pool) { $pool['task']->cancel(); return true; });
$future = $pool->add($throws(DomainException::class), 'task');
echo failure(fn() => $future->await())::class, ' ', $future->status()->name, "\n";
$pool = Pool::create()->retry(1, if: fn() => await(async(fn() => false)));
$future = $pool->add($throws(DomainException::class));
echo failure(fn() => $future->await())::class, ' ', $future->attempts(), "\n";

echo "-- in a handler that awaits the pool; a limit that is over\n";
$attempts();
echo await(async(fn() => 1)->then(function () use ($throws, $if) {
    $pool = Pool::create()->retry(1, if: $if);
    $pool[] = $throws(DomainException::class);
    return told(fn() => await($pool));
})), ' ', $attempts(), "\n";
$message = null;
$pool = Pool::create()->timeout(0.05)->retry(1, if: function (Throwable $e) use (&$message) { $message = $e->getMessage(); return false; });
$future = $pool->add(fn() => sleep(20), 'late');
echo failure(fn() => $future->await())::class, ' ', $future->status()->name, ' ', $message === $future->error()->getMessage() ? 'the same' : $message, "\n";
unlink($file);
?>
--EXPECT--
isolated: DomainException: no 3, LengthException: no 1, Async\ProcessDiedException 3 DomainException:7 DomainException:7 LengthException:7 Async\ProcessDiedException:0 Async\ProcessDiedException:0
warm: DomainException: no 3, LengthException: no 1, Async\ProcessDiedException 3 DomainException:7 DomainException:7 LengthException:7 Async\ProcessDiedException:0 Async\ProcessDiedException:0
map: {"k":"DomainException1k","l":2} 3 {"k":"LengthException1k","l":2} 1 DomainException:7 DomainException:7 LengthException:7
-- while the parent works, and not with handlers that run only in calls that wait
1
0 LengthException 1
-- what it throws is the failure; it may stop its pool, cancel the task, or await another one
LogicException DomainException
DomainException
Async\CancelledException Cancelled
DomainException 1
-- in a handler that awaits the pool; a limit that is over
DomainException: no 2
Async\TimeoutException TimedOut the same
