--TEST--
What the parent has in its output buffers is printed once (pain 21)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

ob_start();
echo "A\n";
ob_start();
echo "B\n";
ob_start(fn(string $buffer) => strtolower($buffer));
echo "C\n";
await([async(fn() => 1), async(fn() => 2)]);
failure(async(fn() => exit(0)));
failure(async(fn() => throw new DomainException('x')));
ob_end_flush();
ob_end_flush();
ob_end_flush();
echo "end\n";
?>
--EXPECT--
A
B
c
end
