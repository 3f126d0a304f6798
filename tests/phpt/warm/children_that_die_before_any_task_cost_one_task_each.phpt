--TEST--
Warm workers that die before they have taken a task cost one task each: no endless round of new ones
--EXTENSIONS--
ffi
--FILE--
<?php
use function Async\settle;

// A library whose handler in the child of every fork ends it.
$libc = FFI::cdef('void *dlsym(void *, const char *); int __register_atfork(void *, void *, void *, void *);');
$libc->__register_atfork(null, null, $libc->dlsym(null, 'abort'), null);

$pool = Async\Pool::create()->concurrency(2)->tasksPerChild(0);
for ($i = 0; $i < 5; $i++) {
    $pool[$i] = fn() => $i;
}
foreach (settle($pool) as $key => $future) {
    echo $key, ': ', $future->error()->signalName, "\n";
}
?>
--EXPECT--
0: SIGABRT
1: SIGABRT
2: SIGABRT
3: SIGABRT
4: SIGABRT
