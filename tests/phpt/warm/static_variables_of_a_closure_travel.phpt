--TEST--
A closure's static variables travel with it; those of a named function belong to the child
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

function counts()
{
    static $n = 10;
    return ++$n;
}

$pool = warm();
counts();
$closure = function () {
    static $n = 0;
    return ++$n;
};
$closure();
$closure();
echo 'closure: ', sent($pool, $closure), ' ', sent($pool, $closure), ' here ', $closure(), "\n";
echo 'function: ', sent($pool, counts(...)), ' ', sent($pool, counts(...)), ' here ', counts(), "\n";
echo 'not run yet: ', sent($pool, function () {
    static $version = PHP_VERSION_ID, $list = [1, M_PI > 3];
    return [$version === PHP_VERSION_ID, $list];
}), "\n";
?>
--EXPECT--
closure: 3 (Sent) 3 (Sent) here 3
function: 11 (Sent) 12 (Sent) here 12
not run yet: [true,[1,true]] (Sent)
