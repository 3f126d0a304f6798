--TEST--
exit in a handler that runs between two calls, of which the second is to get the result of the first, frees each argument once
--FILE--
<?php
use function Async\{async, await};

final class Guard
{
    public function __construct(private string $name) {}
    public function __destruct() { echo "$this->name goes\n"; }
}

function leaveBehind($first, $second, $third) {}
function neverCalled($first, $second, $third) { echo "called\n"; }

$guard = new Guard('the guard');
register_shutdown_function(fn () => print "the end\n");
$done = async(fn () => 1);
await($done);

// Where the arguments of the next call will lie lies the guard, which is not theirs to free.
leaveBehind($guard, $guard, $guard);
// From PHP 8.5 on the handler runs only at the end of getmypid().
neverCalled(new Guard('the first argument'), $done->then(fn () => exit(0)), getmypid());
?>
--EXPECT--
the first argument goes
the end
the guard goes
