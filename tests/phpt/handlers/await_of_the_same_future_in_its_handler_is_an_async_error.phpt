--TEST--
await of the same future in its own handler is an AsyncError, not a hang
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$gate = new Gate();
$future = async(fn() => $gate->pass() ?? 1);
$future->then(function () use ($future, $pool) {
    foreach ([fn() => await($future), fn() => $future->await(), $future, fn() => await([$future]), fn() => await($pool), fn() => settle([$future])] as $wait) {
        $e = failure($wait);
        echo $e::class, $e->getMessage() === '' ? ' without a message' : '', "\n";
    }
});
$pool['it'] = $future;
$gate->open();
var_dump(await($pool));
?>
--EXPECT--
Async\AsyncError
Async\AsyncError
Async\AsyncError
Async\AsyncError
Async\AsyncError
Async\AsyncError
array(1) {
  ["it"]=>
  int(1)
}
