--TEST--
await() and settle() of something else are a TypeError
--FILE--
<?php
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

foreach ([5, 'string', null, new stdClass(), fn() => 1] as $wrong) {
    echo told(fn() => await($wrong)), "\n";
}
echo told(fn() => settle(5)), "\n";
echo told(fn() => settle(async(fn() => 1))), "\n";
foreach ([fn() => await(['key' => 5]), fn() => settle([fn() => 1])] as $wrong) {
    $e = failure($wrong);
    echo $e::class, ' ', strtok($e->getMessage(), '$'), "\n";
}
?>
--EXPECTF--
TypeError: Async\await(): Argument #1 ($what) must be of type %s, int given
TypeError: Async\await(): Argument #1 ($what) must be of type %s, string given
TypeError: Async\await(): Argument #1 ($what) must be of type %s, null given
TypeError: Async\await(): Argument #1 ($what) must be of type %s, stdClass given
TypeError: Async\await(): Argument #1 ($what) must be of type %s, Closure given
TypeError: Async\settle(): Argument #1 ($futures) must be of type %s, int given
TypeError: Async\settle(): Argument #1 ($futures) must be of type %s, Async\Future given
TypeError Async\await(): Argument #1 (
TypeError Async\settle(): Argument #1 (
