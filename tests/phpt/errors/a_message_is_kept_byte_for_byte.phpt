--TEST--
A message is kept byte for byte: not UTF-8, with zero bytes, empty, long
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

foreach (["\xff\xfe\x00z", '', "a\nb", str_repeat('long ', 100_000)] as $message) {
    var_dump(failure(async(fn() => throw new DomainException($message)))->getMessage() === $message);
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
