--TEST--
status() in a destructor, after the tasks were ended with the script, counts them as cancelled; so does another pool that takes one
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

echo php(<<<'PHP'
    final class AtTheEnd
    {
        public function __construct(private readonly Pool $pool, private readonly Future $other)
        {
        }

        public function __destruct()
        {
            echo $this->pool->status(), '; running: ', $this->pool->status()->running, "\n";
            $pool = Pool::create();
            $pool[] = $this->other;
            echo $pool->status(), '; running: ', $pool->status()->running, "\n";
        }
    }

    $gate = new Gate();
    $pool = Pool::create()->concurrency(1);
    $pool[] = fn() => 1;
    $pool->wait();
    $other = async(fn() => $gate->never())->start();
    $pool[] = fn() => $gate->never();
    $pool[] = fn() => $gate->never();
    $end = new AtTheEnd($pool, $other);
    PHP, '-d async.at_exit=kill');
?>
--EXPECT--
queue: 0 - finished: 1 - failed: 2 - timeout: 0
cancelled, and counted as failed: 2; running: 0
queue: 0 - finished: 0 - failed: 1 - timeout: 0
cancelled, and counted as failed: 1; running: 0
exit 0
