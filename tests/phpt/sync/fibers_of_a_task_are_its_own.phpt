--TEST--
With async.mode=sync, too, a task cannot suspend the fiber in which it was made; fibers of its own work
--INI--
async.mode=sync
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$fiber = new Fiber(function () {
    echo told(fn() => await(async(fn() => Fiber::suspend('x')))), "\n";
    echo await(async(function () {
        $own = new Fiber(fn(string $word) => $word . Fiber::suspend('suspended ') . told(fn() => throw new DomainException('inside')));
        return $own->start('started ') . $own->resume('resumed ') . $own->getReturn();
    })), "\n";
    echo get_class(Fiber::getCurrent()), "\n";
    return Fiber::suspend('the script can');
});
echo $fiber->start(), "\n";
$fiber->resume();
?>
--EXPECTF--
FiberError: Cannot suspend outside of %s
suspended started resumed DomainException: inside
Fiber
the script can
