--TEST--
A code that is a string is kept, as PDOException has (pain 3)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Sql extends Exception
{
    protected $code = 'HY000';
    public ?array $errorInfo = ['HY000', 1, 'driver'];
}
$e = failure(async(fn() => throw new Sql('sql')));
var_dump($e->getCode(), $e->errorInfo[2]);
?>
--EXPECT--
string(5) "HY000"
string(6) "driver"
