--TEST--
Permits, times and sizes that make no sense are errors in core's words; nothing shared can be cloned, serialized or made twice
--FILE--
<?php
use Async\{Counter, Mutex, Semaphore, Shared};

$mutex = new Mutex();
$semaphore = new Semaphore(1);
$shared = new Shared();
foreach ([
    fn() => new Semaphore(0),
    fn() => new Semaphore(-1),
    fn() => new Semaphore(32768),
    fn() => new Semaphore(),
    fn() => new Shared(1, 0),
    fn() => new Shared(1, -5),
    fn() => new Shared(1, PHP_INT_MAX),
    fn() => $mutex->acquire(-1),
    fn() => $mutex->acquire(NAN),
    fn() => $semaphore->acquire(-0.5),
    fn() => $mutex->synchronized('no such function'),
    fn() => $mutex->synchronized(),
    fn() => $mutex->release(1),
    fn() => clone $mutex,
    fn() => serialize($semaphore),
    fn() => unserialize('O:11:"Async\Mutex":0:{}'),
    fn() => $mutex->__construct(),
    fn() => $shared->__construct(2),
    fn() => (new ReflectionClass(Mutex::class))->newInstanceWithoutConstructor(),
    fn() => $mutex->property = 1,
] as $wrong) {
    try {
        $wrong();
        echo "nothing\n";
    } catch (Throwable $e) {
        echo $e::class, ': ', $e->getMessage(), "\n";
    }
}
$mutex->acquire(INF);
$mutex->release();
var_dump($shared->get());
?>
--EXPECT--
ValueError: Async\Semaphore::__construct(): Argument #1 ($permits) must be between 1 and 32767
ValueError: Async\Semaphore::__construct(): Argument #1 ($permits) must be between 1 and 32767
ValueError: Async\Semaphore::__construct(): Argument #1 ($permits) must be between 1 and 32767
ArgumentCountError: Async\Semaphore::__construct() expects exactly 1 argument, 0 given
ValueError: Async\Shared::__construct(): Argument #2 ($bytes) must be greater than or equal to 1
ValueError: Async\Shared::__construct(): Argument #2 ($bytes) must be greater than or equal to 1
Async\LockException: there is no shared memory of 18446744073709551614 bytes: mmap() failed: Out of memory
ValueError: Async\Mutex::acquire(): Argument #1 ($timeout) must be greater than or equal to 0
ValueError: Async\Mutex::acquire(): Argument #1 ($timeout) must not be NAN
ValueError: Async\Semaphore::acquire(): Argument #1 ($timeout) must be greater than or equal to 0
TypeError: Async\Mutex::synchronized(): Argument #1 ($fn) must be a valid callback, function "no such function" not found or invalid function name
ArgumentCountError: Async\Mutex::synchronized() expects exactly 1 argument, 0 given
ArgumentCountError: Async\Mutex::release() expects exactly 0 arguments, 1 given
Error: Trying to clone an uncloneable object of class Async\Mutex
Exception: Serialization of 'Async\Semaphore' is not allowed
Exception: Unserialization of 'Async\Mutex' is not allowed
Async\AsyncError: the object is made already, and stays what it is
Async\AsyncError: the object is made already, and stays what it is
ReflectionException: Class Async\Mutex is an internal class marked as final that cannot be instantiated without invoking its constructor
Error: Cannot create dynamic property Async\Mutex::$property
NULL
