--TEST--
An object of a class that only the child knows is a NotSerializableException that names it
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(function () {
    eval('class OnlyHere { public int $n = 1; }');
    return ['o' => new OnlyHere()];
}));
echo $e::class, ' ', $e->type, ' ', str_contains($e->getMessage(), 'OnlyHere') ? 'in the message' : $e->getMessage(), "\n";
?>
--EXPECT--
Async\NotSerializableException OnlyHere in the message
