--TEST--
A task for which there is no next key is refused, and does not run
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

function shout(): void
{
    echo "it ran\n";
}

$pool = Pool::create();
$pool[PHP_INT_MAX] = fn() => 'the last one';
echo told(function () use ($pool) { $pool[] = shout(...); }), "\n";
echo told(fn() => $pool->add(shout(...))), "\n", told(fn() => $pool[] = 'shout'), "\n";
echo json_encode($pool->wait()), ' ', count($pool), "\n";
// The end of the script waits for whatever was started.
?>
--EXPECT--
Async\AsyncError: there is no next key: the last one is PHP_INT_MAX
Async\AsyncError: there is no next key: the last one is PHP_INT_MAX
Async\AsyncError: there is no next key: the last one is PHP_INT_MAX
{"9223372036854775807":"the last one"} 1
