--TEST--
A future that has started already cannot be added to a pool: AsyncError
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$running = async(fn() => 'started at once');
$pool = new Pool();
$e = failure(fn() => $pool[] = $running);
echo $e::class, ' ', count($pool), ' ', await($running), "\n";
?>
--EXPECT--
Async\AsyncError 0 started at once
