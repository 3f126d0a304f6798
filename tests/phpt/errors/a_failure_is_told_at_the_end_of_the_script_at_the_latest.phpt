--TEST--
A failure that nobody saw is told at the end of the script at the latest
--FILE--
<?php
use function Async\async;

$kept = async(fn() => throw new LengthException('kept till the end'));
echo "end of the script\n";
?>
--EXPECTF--
end of the script

Warning: %SLengthException%Skept till the end%S in %s on line %d
