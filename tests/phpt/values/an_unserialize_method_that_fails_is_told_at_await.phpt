--TEST--
An __unserialize or __wakeup that throws in the parent surfaces at await, and loses nothing else
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

require __DIR__ . '/../../support/sync.php';

final class Refusing
{
    public function __serialize(): array { return []; }
    public function __unserialize(array $data): void { throw new DomainException('refused'); }
}
$pool = new Pool();
$pool['refusing'] = fn() => new Refusing();
$pool['fine'] = fn() => 'fine';
settle($pool);
echo told(fn() => await($pool['refusing'])), "\n", await($pool['fine']), "\n";
?>
--EXPECT--
DomainException: refused
fine
