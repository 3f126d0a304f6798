--TEST--
An exit() in a hook of serialization ends the parent's script, as anywhere in it, and leaves no child
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'CODE'
    class Exits
    {
        public function __serialize(): array
        {
            exit(5);
        }
    }
    $pool = Pool::create()->concurrency(1)->tasksPerChild(0);
    await($pool->add(fn() => 1));
    $object = new Exits();
    $pool[] = fn() => $object::class;
    await($pool);
    echo 'not here';
    CODE);
?>
--EXPECT--
exit 5
