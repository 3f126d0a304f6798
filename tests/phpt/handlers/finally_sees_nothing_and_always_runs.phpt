--TEST--
finally() is given nothing, always runs, and changes nothing
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$finally = function (...$arguments) { echo 'finally with ', count($arguments), "\n"; return 'ignored'; };
var_dump(await(async(fn() => 1)->finally($finally)));
echo told(async(fn() => throw new DomainException('stands'))->finally($finally)), "\n";
echo told(async(fn() => exit(2))->finally($finally)) !== '' ? "died\n" : '';
$future = async(fn() => (new Gate())->never())->finally($finally);
$future->cancel();
echo failure($future)::class, "\n";
?>
--EXPECT--
finally with 0
int(1)
finally with 0
DomainException: stands
finally with 0
died
finally with 0
Async\CancelledException
