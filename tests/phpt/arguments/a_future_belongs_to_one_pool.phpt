--TEST--
A future that is in a pool already is an AsyncError in another, and in the same; both go on
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$first = new Pool();
$second = new Pool();
$first['x'] = $future = async(fn() => 1);
foreach ([fn() => $second['x'] = $future, fn() => $second->add($future), fn() => $first['y'] = $future] as $again) {
    $e = failure($again);
    echo $e::class, $e->getMessage() === '' ? ' without a message' : '', "\n";
}
$second['own'] = fn() => 2;
echo json_encode([await($first), await($second)]), "\n";
?>
--EXPECT--
Async\AsyncError
Async\AsyncError
Async\AsyncError
[{"x":1},{"own":2}]
