--TEST--
A task can run tasks of its own, several levels deep (pain 45)
--FILE--
<?php
use function Async\{async, await};

$level = function (int $n) use (&$level): array {
    return $n === 0 ? [getmypid()] : [getmypid(), ...await(async($level, $n - 1))];
};
$pids = $level(4);
var_dump(count($pids), count(array_unique($pids)));
echo implode(' ', await(async(fn() => await([async(fn() => 'a'), async(fn() => 'b'), async(fn() => 'c')])))), "\n";
?>
--EXPECT--
int(5)
int(5)
a b c
