--TEST--
A task that waits to be added starts when it is awaited instead
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

$pool = new Pool();
$made = fn(string $how) => async(fn() => $how);
$function = $made('by await()');
$method = $made('by Future::await()');
$call = $made('by calling it');
$list = [$made('by await() of a list')];
foreach ([$function, $method, $call, ...$list] as $future) {
    echo $future->status()->name, "\n";
}

echo await($function), "\n", $method->await(), "\n", $call(), "\n", await($list)[0], "\n";
echo count($pool), " in the pool\n";
?>
--EXPECT--
Pending
Pending
Pending
Pending
by await()
by Future::await()
by calling it
by await() of a list
0 in the pool
