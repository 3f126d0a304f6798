--TEST--
Pool::output() takes an Async\Output and nothing else, gives the pool, and counts for tasks that start later
--FILE--
<?php
use Async\{Output, Pool, Status};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
foreach (['Capture', null, 1, Status::Queued, new stdClass()] as $wrong) {
    echo told(fn() => $pool->output($wrong)), "\n";
}
echo told(fn() => $pool->output()), "\n";
echo json_encode(array_map(fn(Output $case) => $case->name, Output::cases())), "\n";
var_dump($pool->output(Output::Discard) === $pool);
$future = $pool->add(fn() => print('nowhere'));
await($future);
$pool->output(Output::Capture);
$later = $pool->add(fn() => print('here'));
await($later);
var_dump($future->output(), $later->output());
?>
--EXPECT--
TypeError: Async\Pool::output(): Argument #1 ($mode) must be of type Async\Output, string given
TypeError: Async\Pool::output(): Argument #1 ($mode) must be of type Async\Output, null given
TypeError: Async\Pool::output(): Argument #1 ($mode) must be of type Async\Output, int given
TypeError: Async\Pool::output(): Argument #1 ($mode) must be of type Async\Output, Async\Status given
TypeError: Async\Pool::output(): Argument #1 ($mode) must be of type Async\Output, stdClass given
ArgumentCountError: Async\Pool::output() expects exactly 1 argument, 0 given
["Inherit","Capture","Discard"]
bool(true)
string(0) ""
string(4) "here"
