--TEST--
A class that the parent has autoloaded is autoloaded in a child that was forked before: no other child is forked for it
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

spl_autoload_register(function ($class) {
    eval("class $class { public function m() { return static::class; } public static function s() { return static::class; } public function c() { return fn() => \$this->m(); } }");
});
$pool = warm();
$pid = $pool->add(fn() => getmypid())->await();
// In another order than here.
sent($pool, fn() => class_exists('Z2'));
$object = new Z1();
$other = new Z2();
echo sent($pool, fn() => $object->m()), "\n", sent($pool, fn() => $other->m()), "\n", sent($pool, fn() => Z3::s()), "\n";
var_dump($pool->add(fn() => getmypid())->await() === $pid);
echo sent($pool, (new Z2())->c()), "\n", sent($pool, Z1::s(...)), "\n"; // code inside of a class has its place
?>
--EXPECT--
"Z1" (Sent)
"Z2" (Sent)
"Z3" (Sent)
bool(true)
"Z2" (Sent)
"Z1" (Sent)
