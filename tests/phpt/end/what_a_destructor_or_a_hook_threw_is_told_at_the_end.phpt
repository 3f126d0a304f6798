--TEST--
What a destructor or a hook threw and no await could tell is a warning at the script's end; everything is waited for all the same
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'CODE'
    define('ME', getmypid());
    final class Throws
    {
        public function __destruct() { getmypid() === ME && throw new LogicException('of a destructor'); }
    }
    onFork(parent: fn() => throw new LogicException('of a hook'));
    $throws = new Throws();
    async(function () use ($throws) { return 1; });
    $throws = null;
    async(fn() => usleep(10_000) ?? print("ran\n"));
    CODE, '-d display_errors=1');
foreach (['wait', 'kill'] as $how) {
    echo php('onFork(parent: fn() => throw new LogicException("of a hook")); $f = async(fn() => 1); ended($f->pid());', "-d async.at_exit=$how -d display_errors=1");
}
?>
--EXPECTF--
ran

Warning: Unhandled exception of a hook or a destructor: LogicException: of a hook in %s on line 6

Warning: Unhandled exception of a hook or a destructor: LogicException: of a hook in %s on line 6

Warning: Unhandled exception of a hook or a destructor: LogicException: of a destructor in %s on line 4
exit 0
Warning: Unhandled exception of a hook or a destructor: LogicException: of a hook in %s on line 1
exit 0
Warning: Unhandled exception of a hook or a destructor: LogicException: of a hook in %s on line 1
exit 0
