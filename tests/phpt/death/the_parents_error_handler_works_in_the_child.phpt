--TEST--
The parent's error handler works in the child, and what it throws comes back (pain 15)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

set_error_handler(fn(int $type, string $message) => throw new ErrorException($message, 0, $type));
echo told(async(fn() => [][5])), "\n";
?>
--EXPECT--
ErrorException: Undefined array key 5
