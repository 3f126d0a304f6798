--TEST--
A future that a handler returns is awaited, as one that a task returns: what is awaited gives its value, or what it threw
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

echo 'then: ', await(async(fn() => 1)->then(fn($n) => async(fn() => $n + 1))->then(fn($n) => $n * 10)), "\n";
echo 'catch: ', await(async(fn() => throw new LogicException('a'))->catch(fn($e) => async(fn() => $e->getMessage() . 'b'))), "\n";
echo 'a chain: ', await(async(fn() => 1)->then(fn($n) => async(fn() => $n + 1)->then(fn($n) => async(fn() => $n + 5)))), "\n";
echo 'what it threw: ', told(fn() => await(async(fn() => 1)->then(fn() => async(fn() => throw new DomainException('inner'))))), "\n";
echo 'caught behind it: ', await(async(fn() => 1)->then(fn() => async(fn() => throw new DomainException('inner')))->catch(fn(DomainException $e) => $e->getMessage())), "\n";

$order = [];
$gate = new Gate();
$outer = async(fn() => 'o')->then(function () use (&$order, &$inner, $gate) {
    $order[] = 'outer handler';
    return $inner = async(function () use ($gate) { $gate->pass(); return "open"; });
})->then(function ($value) use (&$order) { $order[] = "then $value"; return $value; })->finally(function () use (&$order) { $order[] = 'finally'; });
while ($order !== ['outer handler']) { usleep(1000); }
echo 'its own task has ended: ', $outer->status()->name, ', error ', json_encode($outer->error()), "\n";
echo told(fn() => await($outer, 0.01)), "\n";
$gate->open();
echo await($outer), ', ', implode(', ', $order), "\n";

echo 'in a plain loop: ';
$done = null;
async(fn() => 2)->then(fn($n) => async(fn() => $n * 2))->then(function ($n) use (&$done) { $done = $n; });
while ($done === null) { usleep(1000); }
echo $done, "\n";

$pool = Pool::create()->concurrency(1);
$pool['x'] = async(fn() => $gate->pass() ?? 1)->then(fn($n) => $pool->add(fn() => $n + 1, 'y'));
$pool['z'] = fn() => 3;
$gate->open();
echo 'into the same pool: ', json_encode(await($pool)), "\n";
$pool = Pool::create();
$pool['x'] = async(fn() => 1)->then(fn() => async(fn() => throw new RangeException('seen')));
echo json_encode(array_map(fn($f) => [$f->status()->name, $f->error()?->getMessage()], settle($pool))), "\n";
foreach ($pool as $key => $future) {
    echo "$key in foreach\n";
}

$self = async(fn() => $gate->pass() ?? 1);
$self->then(function () use (&$self) { return $self; });
$gate->open();
echo told(fn() => await($self)), "\n";
$a = async(fn() => $gate->pass() ?? 'a');
$b = async(fn() => $gate->pass() ?? 'b')->then(fn() => $a);
$a->then(fn() => $b);
$gate->open(2);
echo told(fn() => await([$a, $b])), "\n";
$cancelled = async(fn() => $gate->never());
$follows = async(fn() => 1)->then(fn() => $cancelled)->start();
while ($follows->status() !== Status::Succeeded) { usleep(1000); }
$cancelled->cancel();
echo told(fn() => await($follows)), "\n";
async(fn() => 1)->then(function () { return async(function () { echo "at the end of the script\n"; }); });
?>
--EXPECTF--
then: 20
catch: ab
a chain: 7
what it threw: DomainException: inner
caught behind it: inner
its own task has ended: Succeeded, error null
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
open, outer handler, then open, finally
in a plain loop: 4
into the same pool: {"x":2,"z":3,"y":2}
{"x":["Succeeded","seen"]}
x in foreach
Async\AsyncError: a handler cannot return a future that ends only after the handler's own
Async\AsyncError: a handler cannot return a future that ends only after the handler's own
Async\CancelledException: task #%d%S was cancelled
at the end of the script
