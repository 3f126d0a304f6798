--TEST--
File and line are where it was thrown
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

function thrower(): never
{
    throw new DomainException('here'); // the line that counts
}
$e = failure(async(thrower(...)));
var_dump($e->getFile() === __FILE__);
echo trim(file(__FILE__)[$e->getLine() - 1]), "\n";
?>
--EXPECT--
bool(true)
throw new DomainException('here'); // the line that counts
