--TEST--
What cannot be sent is a NotSerializableException that names the type (pain 5)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

foreach ([
    fn() => fn() => 1,
    fn() => (function () { yield 1; })(),
    fn() => fopen(__FILE__, 'r'),
    fn() => new class { public int $n = 1; },
    fn() => new ReflectionClass('stdClass'),
    fn() => WeakReference::create(new stdClass()),
] as $task) {
    $e = failure(async($task));
    echo $e::class, ' ', strtok($e->type, "\0"), ' ', str_contains($e->getMessage(), strtok($e->type, "\0")) ? 'in the message' : $e->getMessage(), "\n";
}
?>
--EXPECT--
Async\NotSerializableException Closure in the message
Async\NotSerializableException Generator in the message
Async\NotSerializableException resource (stream) in the message
Async\NotSerializableException class@anonymous in the message
Async\NotSerializableException ReflectionClass in the message
Async\NotSerializableException WeakReference in the message
