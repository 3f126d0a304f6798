--TEST--
Results of any size come back from a warm worker; those that cannot are reported, and the worker goes on
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

ini_set('memory_limit', '-1');
$file = tempnam(sys_get_temp_dir(), 'async');
$pool = warm();
$pid = $pool->add(fn() => getmypid())->await();
$values = [null, false, '', [], str_repeat('x', 100 << 10), str_repeat('y', 64 << 20), range(1, 400_000), str_repeat('z', 128 << 10)];
foreach ($values as $value) {
    file_put_contents($file, serialize($value));
    $got = $pool->add(fn() => unserialize(file_get_contents($file)))->await();
    echo get_debug_type($got), ' ', $got === $value ? 'same' : 'another', "\n";
}
$e = failure(fn() => $pool->add(fn() => throw new LogicException('outer', 3, new DomainException('inner')))->await());
echo $e::class, ' ', $e->getCode(), ' ', $e->getPrevious()->getMessage(), "\n";
echo failure(fn() => $pool->add(fn() => ['key' => fn() => 1])->await())->path, "\n";
var_dump($pool->add(fn() => getmypid())->await() === $pid);
unlink($file);
?>
--EXPECT--
null same
bool same
string same
array same
string same
string same
array same
string same
LogicException 3 inner
["key"]
bool(true)
