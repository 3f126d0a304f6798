--TEST--
A future that somebody tries to serialize throws once, and leaves nothing behind
--FILE--
<?php
$future = Async\async(fn() => 1);
$future->await();
$try = function () use ($future) {
    try {
        serialize($future);
    } catch (Async\AsyncError $e) {
        return $e->getPrevious();
    }
};
var_dump($try());
$before = memory_get_usage();
for ($n = 0; $n < 1_000; $n++) {
    $try();
}
$more = memory_get_usage() - $before;
echo $more < 10_000 ? 'flat' : "$more bytes more", "\n";
?>
--EXPECT--
NULL
flat
