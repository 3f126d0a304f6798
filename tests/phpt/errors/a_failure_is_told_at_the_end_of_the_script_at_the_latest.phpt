--TEST--
A failure that nobody saw is told at the end of the script at the latest
--FILE--
<?php
use function Async\async;

async(fn() => throw new DomainException('dropped at once'));
$kept = async(fn() => throw new LengthException('kept till the end'));
echo "end of the script\n";
?>
--EXPECTF--
end of the script
%AWarning: %SDomainException%Sdropped at once%S in %s on line %d
%AWarning: %SLengthException%Skept till the end%S in %s on line %d
