--TEST--
A real PDOException arrives whole (pain 3)
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(fn() => (new PDO('sqlite::memory:'))->query('SELECT id FROM nowhere')));
var_dump($e::class, $e->getCode(), $e->errorInfo[0], str_contains($e->getMessage(), 'nowhere'));
?>
--EXPECT--
string(12) "PDOException"
string(5) "HY000"
string(5) "HY000"
bool(true)
