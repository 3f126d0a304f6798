--TEST--
A throwable of a class that only the child knows is a RemoteException, with all of it readable
--FILE--
<?php
use Async\{AsyncException, RemoteException};
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(function () {
    eval('class OnlyHere extends DomainException { public string $extra = "kept"; protected int $more = 5; }');
    throw new OnlyHere('from afar', 12, new LengthException('and before'));
}));
var_dump($e instanceof RemoteException, $e instanceof AsyncException, $e->class);
var_dump(str_contains($e->getMessage(), 'from afar'), $e->getCode(), $e->properties['extra'], $e->properties['more']);
var_dump($e->getPrevious()::class, $e->getPrevious()->getMessage());
?>
--EXPECT--
bool(true)
bool(true)
string(8) "OnlyHere"
bool(true)
int(12)
string(4) "kept"
int(5)
string(15) "LengthException"
string(10) "and before"
