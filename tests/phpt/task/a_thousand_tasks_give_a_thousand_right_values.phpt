--TEST--
A thousand tasks give a thousand right values, in order (pains 6 and 43)
--FILE--
<?php
use function Async\{async, await};

$futures = [];
for ($i = 0; $i < 1000; $i++) {
    $futures[] = async(function () use ($i) {
        usleep(random_int(0, 2000)); // so that they end in any order
        return $i;
    });
}
var_dump(await($futures) === range(0, 999));
?>
--EXPECT--
bool(true)
