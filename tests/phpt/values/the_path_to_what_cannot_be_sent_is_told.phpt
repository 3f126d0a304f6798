--TEST--
The path to what cannot be sent is told, through arrays and objects
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Holder { private array $inner = []; public function __construct(mixed $x) { $this->inner['deep'] = $x; } }
$e = failure(async(fn() => ['fine' => 1, 'rows' => [0, 1, ['handle' => fopen(__FILE__, 'r')]]]));
var_dump($e::class, preg_match('/rows.*2.*handle/', $e->path), str_contains($e->getMessage(), $e->path));
$e = failure(async(fn() => [new Holder(fn() => 1)]));
var_dump($e::class, preg_match('/0.*inner.*deep/', $e->path), $e->type);
?>
--EXPECT--
string(30) "Async\NotSerializableException"
int(1)
bool(true)
string(30) "Async\NotSerializableException"
int(1)
string(7) "Closure"
