--TEST--
A fork that fails leaves nothing of the output that was to be captured behind
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    $pool = Pool::create()->output(Async\Output::Capture);
    $pool[] = fn() => 1;
    await($pool); // not only its value: nothing of the first task is left
    $open = [];
    while ($file = @fopen('/dev/null', 'r')) {
        $open[] = $file;
    }
    array_splice($open, -5); // enough for two pipes, and not for the third
    $e = failure($pool->add(fn() => 1));
    echo $e::class, ' ', $e->errno === PCNTL_EMFILE ? 'EMFILE' : $e->getMessage(), "\n";
    for ($free = 0; $file = @fopen('/dev/null', 'r'); $free++) {
        $open[] = $file;
    }
    echo "$free\n";
    $open = [];
    echo await($pool->add(fn() => 'and on')), "\n";
    PHP, before: 'ulimit -n 40;');
?>
--EXPECT--
Async\CannotForkException EMFILE
5
and on
exit 0
