--TEST--
A task cannot suspend the fiber in which it was made, which would be the parent's script in the child; fibers of its own work (pain 41)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$fiber = new Fiber(function () {
    echo told(fn() => await(async(fn() => Fiber::suspend('x')))), "\n";
    echo await(async(function () {
        $own = new Fiber(fn(string $word) => $word . Fiber::suspend('suspended ') . told(fn() => throw new DomainException('inside')));
        return $own->start('started ') . $own->resume('resumed ') . $own->getReturn();
    })), "\n";
    echo await(async(fn() => await(async(fn() => told(fn() => Fiber::suspend('deeper')))))), "\n";
    return Fiber::suspend('the parent can');
});
echo $fiber->start(), "\n";
$fiber->resume();
$notes->write(getmypid());
echo $notes->all() === [(string) getmypid()] ? 'one process came here' : 'CHILDREN came here', "\n";
?>
--EXPECTF--
FiberError: Cannot suspend outside of %s
suspended started resumed DomainException: inside
FiberError: Cannot suspend outside of %s
the parent can
one process came here
