--TEST--
async.short_names=0 switches the short names off; the long ones stay
--INI--
async.short_names=0
--FILE--
<?php
var_dump(function_exists('async'), function_exists('await'), class_exists('Pool', false));
eval('function async(): string { return "of the application"; } final class Pool {}');
echo \async(), ' ', \Async\await(\Async\async(fn() => 'works')), ' ', (new \Async\Pool())::class, "\n";
?>
--EXPECT--
bool(false)
bool(false)
bool(false)
of the application works Async\Pool
