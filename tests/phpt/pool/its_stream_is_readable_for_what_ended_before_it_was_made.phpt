--TEST--
A stream that is made when tasks have ended already is readable: tick() has work
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

set_time_limit(20);
$ended = 0;
$pool = Pool::create();
for ($i = 0; $i < 4; $i++) {
    $pool->add(fn() => $i)->then(function () use (&$ended) { $ended++; });
}
while ($ended < 4) {
}
$read = [$pool->stream()];
$write = $except = null;
var_dump(stream_select($read, $write, $except, PATIENCE), $pool->tick(), $pool->tick());
?>
--EXPECT--
int(1)
int(4)
int(0)
