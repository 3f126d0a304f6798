--TEST--
Own properties of any visibility are kept, of a class with a constructor of its own (pain 3)
--FILE--
<?php
use function Async\{async, await};

class Base extends RuntimeException
{
    private array $inherited = ['a' => 1];
    public function inherited(): array { return $this->inherited; }
}
final class Custom extends Base
{
    protected object $nested;
    public readonly string $readonly;
    private ?int $private;
    public function __construct(string $a, int $b, array $c)
    {
        parent::__construct("custom $a", $b);
        $this->nested = (object) ['deep' => (object) $c];
        $this->readonly = $a;
        $this->private = $b;
    }
    public function all(): array { return [$this->nested->deep->x, $this->readonly, $this->private, $this->inherited()]; }
}
try {
    await(async(fn() => throw new Custom('a', 5, ['x' => 'y'])));
} catch (Custom $e) {
    echo json_encode([$e->getMessage(), $e->getCode(), $e->all()]), "\n";
}
?>
--EXPECT--
["custom a",5,["y","a",5,{"a":1}]]
