--TEST--
A task that is bound to what cannot be serialized, or to more than 32 KiB, is given to a child that is forked for it
--EXTENSIONS--
pdo
pdo_sqlite
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

class Throws
{
    public function __serialize(): array
    {
        throw new Exception('no');
    }
}

class ThrowsThere
{
    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void
    {
        throw new Exception('no');
    }
}

class ExitsThere
{
    public function __serialize(): array
    {
        return [];
    }

    public function __unserialize(array $data): void
    {
        exit(7);
    }
}

$pool = warm();
$stream = fopen('php://memory', 'w+');
fwrite($stream, 'from memory');
rewind($stream);
$pdo = new PDO('sqlite::memory:');
$closure = fn($x) => $x * 2;
$generator = (function () { yield 1; yield 2; })();
$weak = WeakReference::create($closure);
$large = str_repeat('x', 33_000);
$small = str_repeat('x', 32_000);
$anonymous = new class {
    public $n = 3;
};
[$throws, $throwsThere, $exitsThere] = [new Throws(), new ThrowsThere(), new ExitsThere()];
$tasks = [
    'resource' => fn() => fgets($stream),
    'PDO' => fn() => (int) $pdo->query('select 1 + 1')->fetchColumn(),
    'closure' => fn() => $closure(4),
    'generator' => fn() => iterator_to_array($generator),
    'weak reference' => fn() => $weak->get() === $closure,
    'anonymous class' => fn() => $anonymous->n,
    'large' => fn() => strlen($large),
    'not so large' => fn() => strlen($small),
    '__serialize throws' => fn() => $throws::class,
    '__unserialize throws' => fn() => $throwsThere::class,
    '__unserialize exits' => fn() => $exitsThere::class,
];
foreach ($tasks as $name => $task) {
    echo "$name: ", sent($pool, $task), "\n";
}
?>
--EXPECT--
resource: "from memory" (Inherited)
PDO: 2 (Inherited)
closure: 8 (Inherited)
generator: [1,2] (Inherited)
weak reference: true (Inherited)
anonymous class: 3 (Inherited)
large: 33000 (Inherited)
not so large: 32000 (Sent)
__serialize throws: "Throws" (Inherited)
__unserialize throws: "ThrowsThere" (Inherited)
__unserialize exits: "ExitsThere" (Inherited)
