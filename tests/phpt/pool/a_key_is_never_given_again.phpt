--TEST--
A key that a pool gave by itself is never given again, whatever was cleared away or taken out since
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

// Everything is cleared away but one.
$gate = new Gate();
foreach ([2, 5, 9, 40] as $many) {
    $pool = Pool::create()->concurrency(2);
    $pool[] = fn() => $gate->pass();
    $futures = [];
    for ($i = 1; $i < $many; $i++) {
        $futures[] = $pool[] = Async\async(fn() => $i);
    }
    await($futures);
    $pool->clearFinished();
    echo json_encode($pool->keys()), ', then ', $pool->add(fn() => 1)->key(), "\n";
    $gate->open();
    $pool->wait();
}

// The last ones are taken out, and one of their keys is asked for.
$pool = new Pool();
for ($i = 0; $i < 4; $i++) {
    $pool[] = fn() => $i;
}
unset($pool[3], $pool[2]);
$pool[2] = fn() => 'asked for';
echo json_encode($pool->keys()), ', then ', $pool->add(fn() => 1)->key(), "\n";
$pool->wait();

// In any order.
mt_srand(20);
$pool = new Pool();
$given = [];
for ($i = 0; $i < 400; $i++) {
    switch (mt_rand(0, 5)) {
        case 0:
            $pool->wait();
            $pool->clearFinished();
            break;
        case 1:
            $keys = $pool->keys();
            if ($keys !== []) {
                unset($pool[$keys[mt_rand(0, 1) * (count($keys) - 1)]]);
            }
            break;
        case 2:
            $key = mt_rand(-3, count($given) + 2);
            if (!isset($pool[$key])) {
                $pool[$key] = static fn() => 0;
                $given[] = $key;
            }
            break;
        default:
            $key = $pool->add(static fn() => 0)->key();
            if (in_array($key, $given, true) || $key <= max([-1, ...$given])) {
                echo "$key again\n";
            }
            $given[] = $key;
    }
}
$pool->wait();

// The last key that there is.
$pool = new Pool();
$pool[PHP_INT_MAX] = fn() => 1;
unset($pool[PHP_INT_MAX]);
echo told(fn() => $pool->add(fn() => 2)), "\n";
?>
--EXPECT--
[0], then 2
[0], then 5
[0], then 9
[0], then 40
[0,1,2], then 4
Async\AsyncError: there is no next key: the last one is PHP_INT_MAX
