--TEST--
A date that no constructor has made fails as it does in serialize()
--FILE--
<?php
use function Async\{async, await};

$made = fn () => (new ReflectionClass(DateTimeImmutable::class))->newInstanceWithoutConstructor();
try {
    $serialized = serialize([$made()]);
    $here = 'serialized';
} catch (Error $error) {
    $here = $error->getMessage();
}
try {
    await(async(fn () => [$made()]));
    $there = 'serialized';
} catch (Async\NotSerializableException $exception) {
    $there = $exception->getMessage();
}
var_dump($here === $there || str_contains($there, $here));
?>
--EXPECT--
bool(true)
