--TEST--
A future cannot be made by new, by reflection or by extending
--FILE--
<?php
use Async\{Future, Pool};

require __DIR__ . '/../../support/sync.php';

echo failure(fn() => new Future())::class, "\n";
echo failure(fn() => (new ReflectionClass(Future::class))->newInstance()) instanceof Throwable ? "refused\n" : "made\n";
$e = failure(fn() => (new ReflectionClass(Future::class))->newInstanceWithoutConstructor());
echo $e === null ? 'made' : $e::class, "\n";
echo json_encode([(new ReflectionClass(Future::class))->isFinal(), (new ReflectionClass(Pool::class))->isFinal()]), "\n";
?>
--EXPECT--
Error
refused
ReflectionException
[true,true]
