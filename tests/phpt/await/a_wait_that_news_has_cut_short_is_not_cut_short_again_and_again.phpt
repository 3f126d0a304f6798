--TEST--
With either notifier a wait that has been told of something sleeps again: it is not woken every millisecond from then on
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$code = <<<'PHP'
    $pool = Pool::create();
    $parent = getmypid();
    $before = getrusage()['ru_nvcsw'];
    await($pool->add(function () use ($parent) {
        posix_kill($parent, SIGURG); // as a child does that has something to tell where there is no thread
        usleep(500_000);
    }));
    $woken = getrusage()['ru_nvcsw'] - $before;
    echo $woken < 100 ? 'asleep' : "woken $woken times", "\n";
    PHP;
foreach (['thread', 'signal'] as $notifier) {
    echo $notifier, ': ', php($code, "-d async.notifier=$notifier");
}
?>
--EXPECT--
thread: asleep
exit 0
signal: asleep
exit 0
