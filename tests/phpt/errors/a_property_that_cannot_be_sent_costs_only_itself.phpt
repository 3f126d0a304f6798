--TEST--
A property that cannot be sent costs only itself: class, message and the others are kept (pain 3)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Loaded extends RuntimeException
{
    public mixed $closure;
    public mixed $stream;
    public string $fine = 'kept';
}
$e = failure(async(function () {
    $e = new Loaded('with luggage', 3);
    $e->closure = fn() => 1;
    $e->stream = fopen(__FILE__, 'r');
    throw $e;
}));
var_dump($e::class, $e->getMessage(), $e->getCode(), $e->fine);
?>
--EXPECT--
string(6) "Loaded"
string(12) "with luggage"
int(3)
string(4) "kept"
