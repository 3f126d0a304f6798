--TEST--
Future::resolved() and Future::failed() are futures that have ended: they are awaited, handled, listed and added as any other, without a task
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$value = new ArrayObject([1]);
$resolved = Future::resolved($value);
var_dump(await($resolved) === $value, $resolved() === $value, $resolved->error(), $resolved->cancel());
echo json_encode([$resolved->status()->name, $resolved->pid(), $resolved->route(), $resolved->key(), $resolved->attempts(), $resolved->output()]), "\n";

$failure = new DomainException('not today', 7);
$failed = Future::failed($failure);
var_dump($failed->error() === $failure, $failed->status()->name);
echo told(fn() => await($failed)), ', ', told(fn() => $failed->await()), "\n";
echo told(fn() => await(Future::failed(new TypeError('an Error, too')))), "\n";

echo "handlers:\n";
echo await(Future::resolved(2)->then(fn(int $n) => $n * 21)->finally(function () { echo "finally\n"; })), "\n";
echo await(Future::failed($failure)->catch(fn(LengthException $e) => 'WRONG')->catch(fn(LogicException $e) => 'caught ' . $e->getCode())), "\n";
echo await(Future::resolved(1)->then(fn() => Future::resolved('of a future that a handler returned'))), "\n";
$ran = 0;
$kept = Future::resolved(null)->then(function () use (&$ran) { $ran++; });
for ($i = 0; $i < 1000 && $ran === 0; $i++);
echo "without an await: $ran\n";

echo "futures as values:\n";
echo await(Future::resolved(Future::resolved('inner'))), ' ', await(Future::resolved(async(fn() => 'of a task'))), "\n";
echo told(fn() => await(Future::resolved(Future::failed($failure)))), "\n";
echo await(async(fn() => Future::resolved('in a child'))), ' ', told(fn() => await(async(fn() => Future::failed(new LengthException('in a child'))))), "\n";

echo "with others:\n";
$pool = new Pool();
$pool['task'] = fn() => 'task';
$pool['resolved'] = Future::resolved('resolved');
$pool->add(Future::failed(new RangeException('in a pool')), 'failed');
foreach (settle($pool) as $key => $future) {
    echo $key, ' ', $future->key(), ' ', $future->status()->name, "\n";
}
echo $pool->status(), ' ', count(iterator_to_array($pool)), "\n";
echo json_encode(await(['a' => Future::resolved(1), 'b' => async(fn() => 2), 'c' => Future::resolved(3)], 5)), "\n";

echo "wrong:\n";
foreach ([fn() => Future::failed('no'), fn() => Future::failed(), fn() => Future::resolved(), fn() => Future::resolved(1, 2), fn() => Future::failed(null), fn() => new Future()] as $wrong) {
    echo told($wrong), "\n";
}

echo "at the end:\n";
set_error_handler(function (int $level, string $message) { echo preg_replace('/#\d+/', '#N', $message), "\n"; return true; });
Future::failed(new DomainException('nobody saw it'));
Future::resolved('last')->then(function (string $word) { echo "$word\n"; });
?>
--EXPECT--
bool(true)
bool(true)
NULL
bool(false)
["Succeeded",null,null,null,0,""]
bool(true)
string(6) "Failed"
DomainException: not today, DomainException: not today
TypeError: an Error, too
handlers:
finally
42
caught 7
of a future that a handler returned
without an await: 1
futures as values:
inner of a task
DomainException: not today
in a child LengthException: in a child
with others:
task task Succeeded
resolved resolved Succeeded
failed failed Failed
queue: 0 - finished: 2 - failed: 1 - timeout: 0
task "failed" failed with RangeException: in a pool 3
{"a":1,"b":2,"c":3}
wrong:
TypeError: Async\Future::failed(): Argument #1 ($throwable) must be of type Throwable, string given
ArgumentCountError: Async\Future::failed() expects exactly 1 argument, 0 given
ArgumentCountError: Async\Future::resolved() expects exactly 1 argument, 0 given
ArgumentCountError: Async\Future::resolved() expects exactly 1 argument, 2 given
TypeError: Async\Future::failed(): Argument #1 ($throwable) must be of type Throwable, null given
Error: Call to private Async\Future::__construct() from global scope
at the end:
Unhandled failure of task #N: DomainException: nobody saw it
last
