--TEST--
With few descriptors a pool that captures runs fewer tasks at once, and ends
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    $pool = Pool::create()->concurrency(50)->output(Async\Output::Capture);
    for ($i = 0; $i < 100; $i++) {
        $pool[] = function () use ($i) { echo $i; usleep(5000); return $i; };
    }
    $values = await($pool);
    $printed = array_map(fn($future) => (int) $future->output(), $pool->getFinished());
    var_dump($values === range(0, 99), $printed === $values);
    PHP, before: 'ulimit -n 40;');
?>
--EXPECT--
bool(true)
bool(true)
exit 0
