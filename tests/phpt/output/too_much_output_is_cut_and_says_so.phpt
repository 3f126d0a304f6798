--TEST--
Of more output than async.max_output the beginning and the end are kept, with a line that tells how much was cut (pain 14)
--INI--
async.max_output=20
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

$pool = Pool::create()->output(Output::Capture);
$cut = $pool->add(function () { echo 'beginning ', str_repeat('.', 1000), "\nthe end.\n"; });
$fits = $pool->add(function () { fwrite(STDERR, '12345678901234567890'); });
await($pool);
echo $cut->output(), $fits->errorOutput(), "\n";
ini_set('async.max_output', '0');
$whole = $pool->add(function () { echo str_repeat('.', 3_000_000); });
await($whole);
echo strlen($whole->output()), "\n";
?>
--EXPECT--
beginning 
[... 1000 bytes cut by async.max_output=20 ...]

the end.
12345678901234567890
3000000
