--TEST--
warm() takes the permits of children that are ending, and of idle workers that are not kept, as a task does; it waits for none that has work
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$code = <<<'PHP'
    pcntl_alarm(PATIENCE);
    $inherited = scandir('/proc/self/fd'); // before descriptors are there that a later child's may have the numbers of
    $n = (int) ini_get('async.max_children');
    /** A pool whose workers have all the permits, and take a while to end. */
    $full = function () use ($n) {
        $pool = Pool::create()->concurrency($n)->tasksPerChild(0);
        $gate = new Gate();
        for ($i = 0; $i < $n; $i++) {
            $pool[] = function () use ($gate) {
                $gate->pass();
                register_shutdown_function(fn() => usleep(50_000));
            };
        }
        while (count($pool->getInProgress()) < $n) {
            $pool->tick();
        }
        $gate->open($n);
        $pool->wait();
        return $pool;
    };
    $children = fn() => array_filter(array_map('intval', explode(' ', file_get_contents('/proc/self/task/' . getmypid() . '/children'))), alive(...));

    $pool = $full();
    $pool = null;
    $pool = Pool::create()->concurrency(10)->warm();
    echo 'a pool that is gone: ', count($children()), " workers\n";
    unset($pool);
    ended(...$children());

    $pool = $full();
    $other = Pool::create()->concurrency(10)->warm();
    echo 'a pool that is idle: ', count($children()), " workers\n";
    // Those are kept: no other pool's are forked in their place.
    echo told(fn() => Pool::create()->warm()), "\n";
    unset($pool, $other);
    ended(...$children());

    $pool = $full();
    $pool->stop();
    $pool = Pool::create()->concurrency(10);
    $pool->warm();
    echo 'a pool that was stopped: ', count($children()), " workers\n";
    // They were there before they were asked for again.
    $before = $children();
    $pool->warm();
    echo 'again: ', $children() === $before ? 'the same' : 'others', "\n";
    unset($pool);
    ended(...$children());

    // Isolated children that have told their outcome, and do not end by themselves.
    $stays = function () use ($inherited) {
        $frame = pack('VCCvP', 0xA57C0F01, 1, 1, 0, 1) . "\xC3" . pack('V', 0x5A83F0FE);
        foreach (array_diff(scandir('/proc/self/fd'), $inherited) as $fd) {
            if (str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'pipe:')) {
                file_put_contents("php://fd/$fd", $frame);
            }
        }
        (new Gate())->never();
    };
    $futures = [];
    for ($i = 0; $i < $n; $i++) {
        $futures[] = async($stays)->start();
    }
    array_walk($futures, fn($future) => $future->await(PATIENCE));
    $pool = Pool::create()->concurrency(10)->warm();
    echo 'isolated: ', count($children()), " workers\n";
    unset($pool);
    ended(...$children());

    // Some that are being ended, and do not listen.
    $notes = new Notes();
    $futures = [];
    for ($i = 0; $i < $n; $i++) {
        $futures[] = async(function () use ($notes) {
            pcntl_signal(SIGTERM, SIG_IGN);
            $notes->write('ready');
            (new Gate())->never();
        })->start();
    }
    for ($any = Pool::create(); array_filter($futures, fn($future) => $future->pid() === null);) {
        $any->tick();
    }
    array_walk($futures, fn() => $notes->next());
    array_walk($futures, fn($future) => $future->cancel());
    $pool = Pool::create()->concurrency(10)->warm();
    echo 'cancelled: ', count($children()), " workers\n";
    unset($pool);
    ended(...$children());

    // One that has work is not waited for.
    $gate = new Gate();
    $busy = async(fn() => $gate->never())->start();
    $pool = Pool::create()->concurrency(10);
    // Workers that have ended may keep it from starting for a moment.
    while ($busy->pid() === null) {
        $pool->tick();
    }
    echo $n === 1 ? told(fn() => $pool->warm()) : count($pool->warm() ? $children() : []) - 1, "\n";
    $busy->cancel();
    PHP;
foreach ([1, 3] as $cap) {
    echo php($code, "-d async.idle_timeout=0 -d async.kill_grace=0.1 -d async.max_children=$cap");
}
?>
--EXPECT--
a pool that is gone: 1 workers
a pool that is idle: 1 workers
Async\CannotForkException: no child could be forked: async.max_children is reached; raise it, or let other children end first
a pool that was stopped: 1 workers
again: the same
isolated: 1 workers
cancelled: 1 workers
Async\CannotForkException: no child could be forked: async.max_children is reached; raise it, or let other children end first
exit 0
a pool that is gone: 3 workers
a pool that is idle: 3 workers
Async\CannotForkException: no child could be forked: async.max_children is reached; raise it, or let other children end first
a pool that was stopped: 3 workers
again: the same
isolated: 3 workers
cancelled: 3 workers
2
exit 0
