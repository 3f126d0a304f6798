--TEST--
Class, message and code are kept, in a hundred of a hundred runs (pains 1, 3)
--FILE--
<?php
use function Async\{async, await};

$right = 0;
for ($i = 0; $i < 100; $i++) {
    try {
        await(async(fn() => throw new DomainException('x', 7)));
    } catch (DomainException $e) {
        $right += $e->getMessage() === 'x' && $e->getCode() === 7 && $e::class === 'DomainException' ? 1 : 0;
    }
}
var_dump($right);
?>
--EXPECT--
int(100)
