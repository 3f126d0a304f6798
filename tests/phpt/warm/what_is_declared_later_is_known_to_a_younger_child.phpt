--TEST--
Functions and classes that are declared after the fork are known to the child that runs the task, whatever it calls
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$uses = [
    'function by name' => fn() => 'later1',
    'function(...)' => fn() => later2(...),
    'Class::method' => fn() => 'Later3::s',
    'class and method' => fn() => ['Later4', 's'],
    'object and method' => fn() => [new Later5(), 's'],
    'bound object' => function () { $object = new Later6(); return fn() => $object->s(); },
    'closure in a class' => fn() => (new Later7())->closure(),
    'known code that calls it' => fn() => fn() => later8(),
    'known code that makes it' => fn() => fn() => (new Later9())->s(),
];
$i = 0;
foreach ($uses as $name => $use) {
    $i++;
    $pool = warm();
    eval("function later$i() { return __FUNCTION__; }
        class Later$i { static function s() { return static::class; } function closure() { return fn() => \$this->s(); } }");
    echo "$name: ", sent($pool, $use()), "\n";
}
?>
--EXPECT--
function by name: "later1" (Sent)
function(...): "later2" (Sent)
Class::method: "Later3" (Sent)
class and method: "Later4" (Sent)
object and method: "Later5" (Sent)
bound object: "Later6" (Sent)
closure in a class: "Later7" (Sent)
known code that calls it: "later8" (Sent)
known code that makes it: "Later9" (Sent)
