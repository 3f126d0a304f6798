--TEST--
An exit() in a hook of serialization ends the parent's script, as anywhere in it, and leaves no child
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['fn() => 1', ''] as $first) {
    foreach ([1, 2] as $children) {
        echo php("\$pool = Pool::create()->concurrency($children)->tasksPerChild(0);" . ($first ? "await(\$pool->add($first));" : '') . <<<'CODE'
            class Exits
            {
                public function __serialize(): array
                {
                    exit(5);
                }
            }
            $object = new Exits();
            $pool[] = function () use ($object) {
                echo "run all the same\n";
            };
            await($pool);
            echo 'not here';
            CODE);
    }
}
?>
--EXPECT--
run all the same
exit 5
run all the same
exit 5
run all the same
exit 5
run all the same
exit 5
