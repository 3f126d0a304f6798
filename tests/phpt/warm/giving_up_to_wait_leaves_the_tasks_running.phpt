--TEST--
await() of a pool with a timeout gives up waiting and leaves what runs in warm workers as it is
--FILE--
<?php
use function Async\await;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$gate = new Gate();
$pool = warm(2);
for ($i = 0; $i < 4; $i++) {
    $pool[$i] = function () use ($gate, $i) { $gate->pass(); return $i; };
}
for ($try = 0; $try < 3; $try++) {
    echo told(fn() => await($pool, 0.01)), "\n";
    $gate->open();
}
$gate->open();
echo json_encode(await($pool, PATIENCE)), "\n";
?>
--EXPECT--
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
Async\TimeoutException: no result within 0.01 s; what was awaited goes on
[0,1,2,3]
