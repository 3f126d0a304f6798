--TEST--
Two closures on one line are two tasks (pains 8 and 43)
--FILE--
<?php
use function Async\{async, await};

echo implode(', ', await(array_map(async(...), [fn() => 'first', fn() => 'second']))), "\n";
?>
--EXPECT--
first, second
