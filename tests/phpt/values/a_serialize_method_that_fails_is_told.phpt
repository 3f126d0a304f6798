--TEST--
A __serialize that throws, or exits, is a NotSerializableException, never a child that goes on (pain 5)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Throwing { public function __serialize(): array { throw new DomainException('not today'); } }
final class Leaving { public function __serialize(): array { exit(4); } }
$notes = new Notes();
foreach ([new Throwing(), new Leaving()] as $object) {
    $e = failure(async(fn() => ['o' => $object]));
    $notes->write($e::class . ' ' . $e->type);
    if ($object instanceof Throwing) {
        $notes->write(str_contains($e->getMessage() . $e->getPrevious()?->getMessage(), 'not today') ? 'and why' : $e->getMessage());
    }
}
echo implode("\n", $notes->all()), "\n";
?>
--EXPECT--
Async\NotSerializableException Throwing
and why
Async\NotSerializableException Leaving
