--TEST--
async.timeout is the default time of every task; a pool or a future can lift it
--INI--
async.timeout=0.1
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

echo failure(async(fn() => (new Gate())->never()))::class, "\n";
$pool = Pool::create()->timeout(0);
$pool[] = function () { usleep(200_000); return 'lifted'; };
echo await($pool)[0], "\n";
?>
--EXPECT--
Async\TimeoutException
lifted
