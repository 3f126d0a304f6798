--TEST--
A task that is bound to a Redis object runs with the connection that the object has, also where the workers are older; as a result such an object is refused
--EXTENSIONS--
igbinary
redis
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/bin/redis-server');
?>
--FILE--
<?php
require __DIR__ . '/../../support/services.php';
require __DIR__ . '/../../support/warm.php';

$pool = warm();
$redis = new Redis();
$redis->connect(redis());
$redis->set('key', 'value');
echo sent($pool, fn() => $redis->get('key')), "\n";
echo sent($pool, [$redis, 'getHost']) === json_encode($redis->getHost()) . ' (Inherited)' ? 'its method' : 'another', "\n";
$e = failure($pool->add(fn() => ['redis' => $redis]));
echo $e::class, " $e->type $e->path\n";
?>
--EXPECT--
"value" (Inherited)
its method
Async\NotSerializableException Redis ["redis"]
