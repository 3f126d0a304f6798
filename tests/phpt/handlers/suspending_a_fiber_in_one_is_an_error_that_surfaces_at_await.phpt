--TEST--
A handler that suspends the fiber in which it happens to run gets a FiberError, which surfaces at await (pains 31 and 41)
--FILE--
<?php
use Async\Status;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$fiber = new Fiber(function () {
    $future = async(fn() => 5)->then(fn(int $value) => Fiber::suspend($value));
    $own = async(fn() => 6)->then(function (int $value) {
        $fiber = new Fiber(fn() => Fiber::suspend($value));
        return $fiber->start();
    });
    while ($future->status() !== Status::Succeeded && $future->status() !== Status::Failed);
    echo told(fn() => await($future)), "\n";
    echo told(fn() => await($own)), "\n";
    return 'to its end';
});
$fiber->start();
echo $fiber->getReturn(), "\n";
?>
--EXPECT--
FiberError: Cannot switch fibers in current execution context
FiberError: Cannot switch fibers in current execution context
to its end
