--TEST--
With async.unsupported=sync tasks run in the process itself, with the same outcomes (pain 37)
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

echo web(<<<'PHP'
    $pid = getmypid();
    var_dump(Pool::isSupported());
    $future = async(fn() => [getmypid() === $pid, 'value'])->then(fn(array $v) => [...$v, 'then']);
    echo json_encode(await($future)), ' ', json_encode($future->pid()), ' ', $future->status()->name, "\n";
    $pool = Pool::create()->concurrency(2);
    foreach (['a', 'b', 'c'] as $key) {
        $pool[$key] = fn() => $key === 'b' ? throw new DomainException('from b') : $key;
    }
    try {
        await($pool);
    } catch (DomainException $e) {
        echo get_class($e), ' ', $e->getMessage(), ' ', $pool->status(), "\n";
    }
    echo await(async(fn() => throw new LengthException('x'))->catch(fn(LengthException $e) => 'caught')), "\n";
    echo await(async(fn() => await(async(fn() => 'nested')))), "\n";
    $seen = [];
    foreach ($pool as $key => $f) {
        $seen[] = $key;
    }
    echo implode(' ', $seen), ' ', await(async(fn() => fn() => 'a closure need not be sent'))(), "\n";
    PHP, '-d async.unsupported=sync');
?>
--EXPECT--
bool(false)
[true,"value","then"] null Succeeded
DomainException from b queue: 0 - finished: 2 - failed: 1 - timeout: 0
task "b" failed with DomainException: from b
caught
nested
a b c a closure need not be sent
