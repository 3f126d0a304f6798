--TEST--
In a child the parent's Pool objects hold nothing back: async() starts at once there
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$pool['x'] = function () {
    $gate = new Gate();
    $future = async(fn() => $gate->open());
    $gate->pass();
    return $future->status() === Status::Pending ? 'waits' : 'started by itself';
};
echo await($pool)['x'], "\n";
?>
--EXPECT--
started by itself
