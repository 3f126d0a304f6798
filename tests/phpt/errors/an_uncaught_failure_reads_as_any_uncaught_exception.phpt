--TEST--
A failure that nobody catches at await reads as any uncaught exception
--FILE--
<?php
use function Async\{async, await};

$future = async(fn() => throw new DomainException('nobody catches me'));
await($future);
echo "never reached\n";
?>
--EXPECTF--
%AFatal error: Uncaught DomainException: nobody catches me in %sreads_as_any_uncaught_exception.php:%d
Stack trace:
%A  thrown in %sreads_as_any_uncaught_exception.php on line %d
