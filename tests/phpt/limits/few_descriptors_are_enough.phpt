--TEST--
Few descriptors are enough for many tasks (pain 38)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    $pool = Pool::create()->concurrency(8);
    for ($i = 0; $i < 200; $i++) {
        $pool[] = fn() => $i;
    }
    var_dump(await($pool) === range(0, 199));
    PHP, before: 'ulimit -n 64;');
?>
--EXPECT--
bool(true)
exit 0
