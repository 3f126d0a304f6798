--TEST--
A child has three pipes, and none of another task: its standard output, its error output, and its result
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

function pipes(): array
{
    return array_unique(preg_grep('/^pipe:/', array_map(fn($fd) => (string) @readlink("/proc/self/fd/$fd"), scandir('/proc/self/fd'))));
}

$inherited = pipes();
$gate = new Gate();
$pool = Pool::create()->output(Output::Capture)->concurrency(3);
$others = [$pool->add(fn() => $gate->pass()), $pool->add(fn() => $gate->pass())];
$before = array_diff(pipes(), $inherited);
$pipes = array_diff(await($pool->add(pipes(...))), $inherited);
echo count($pipes), "\n";
check('the parent has those of the others', count($before) === 6, $before);
$gate->open(2);
await($pool);
?>
--EXPECT--
3
the parent has those of the others: yes
