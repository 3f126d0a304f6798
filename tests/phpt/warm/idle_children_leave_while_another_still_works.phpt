--TEST--
Of a pool that can get no more work the idle children leave at once, while another still works
--INI--
async.idle_timeout=0
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$ways = [
    'stop' => fn(Pool &$pool) => $pool->stop(),
    'gone' => function (?Pool &$pool) { $pool = null; },
];
foreach ($ways as $name => $way) {
    $gate = new Gate();
    $notes = new Notes();
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
    $long = $pool->add(function () use ($gate, $notes) {
        $notes->write('it has begun');
        $gate->pass();
        return 'its value';
    });
    $notes->next();
    $idle = await($pool->add(getmypid(...)));
    $way($pool);
    ended($idle);
    echo "$name: the idle one has left\n";
    $gate->open();
    echo await($long), "\n";
}
?>
--EXPECT--
stop: the idle one has left
its value
gone: the idle one has left
its value
