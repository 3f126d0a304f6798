--TEST--
clearResults() forgets captured output too: a pool that lives long does not grow by it
--FILE--
<?php
use Async\{Output, Pool};
use function Async\settle;

$pool = Pool::create()->output(Output::Capture);
$pool['value'] = fn() => print('x');
$pool['death'] = function () { fwrite(STDERR, 'y'); exit(1); };
settle($pool);
echo json_encode([$pool['value']->output(), $pool['death']->errorOutput()]), "\n";
$pool->clearResults();
echo json_encode([$pool['value']->output(), $pool['death']->errorOutput()]), "\n";
?>
--EXPECT--
["x","y"]
["",""]
