--TEST--
A __serialize that throws is a NotSerializableException; one that exits is told too, and the child never goes on (pain 5)
--FILE--
<?php
use Async\NotSerializableException;
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Throwing { public function __serialize(): array { throw new DomainException('not today'); } }
final class Leaving { public function __serialize(): array { exit(4); } }
$notes = new Notes();
foreach ([new Throwing(), new Leaving()] as $object) {
    $e = failure(async(fn() => ['o' => $object]));
    if ($object instanceof Leaving) {
        $notes->write($e instanceof NotSerializableException || $e->exitCode === 4 ? 'told' : $e::class);
    } else {
        $notes->write($e::class . ' ' . $e->type);
        $notes->write(str_contains($e->getMessage() . $e->getPrevious()?->getMessage(), 'not today') ? 'and why' : $e->getMessage());
    }
}
echo implode("\n", $notes->all()), "\n";
?>
--EXPECT--
Async\NotSerializableException Throwing
and why
told
