--TEST--
A connection to a real Redis outlives two hundred children, with the same client id and an open transaction (pain 17)
--EXTENSIONS--
igbinary
redis
--INI--
display_errors=0
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('/usr/bin/redis-server');
?>
--FILE--
<?php
require __DIR__ . '/../../support/services.php';

$redis = new Redis();
$redis->connect(redis());
$id = $redis->rawCommand('CLIENT', 'ID');
$redis->multi()->set('key', 'value');

echo two_hundred_children($redis), "\n";

var_dump($redis->exec(), $redis->get('key'), $redis->rawCommand('CLIENT', 'ID') === $id);
?>
--EXPECT--
300 ended, 240 badly
array(1) {
  [0]=>
  bool(true)
}
string(5) "value"
bool(true)
