--TEST--
Nothing to await is an empty array
--FILE--
<?php
use Async\Pool;
use function Async\{await, settle};

var_dump(await([]), await(new Pool()), await(new EmptyIterator()), settle([]), settle(new Pool()), (new Pool())->wait());
?>
--EXPECT--
array(0) {
}
array(0) {
}
array(0) {
}
array(0) {
}
array(0) {
}
array(0) {
}
