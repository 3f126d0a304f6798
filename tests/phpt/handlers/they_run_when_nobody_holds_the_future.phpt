--TEST--
Handlers run when nobody holds the future
--FILE--
<?php
use function Async\async;

set_time_limit(20);
$value = null;
async(fn() => 'from a dropped future')->then(function (string $v) use (&$value) { $value = $v; });
while ($value === null) {
}
echo $value, "\n";
?>
--EXPECT--
from a dropped future
