--TEST--
A task that replaces its process by a program that stays runs out of time; the pool goes on
--INI--
async.kill_grace=0.1
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1)->timeout(0.2);
$pool['stays'] = fn() => pcntl_exec('/bin/sleep', ['60']);
$pool['ignores SIGTERM'] = fn() => pcntl_exec('/bin/sh', ['-c', 'trap "" TERM; while true; do sleep 60; done']);
$pool['after'] = Async\async(fn() => 'fine')->timeout(20);
foreach (settle($pool) as $name => $future) {
    ended($future->pid());
    echo $name, ': ', $future->error() === null ? $future->await() : $future->error()::class, "\n";
}
?>
--EXPECT--
stays: Async\TimeoutException
ignores SIGTERM: Async\TimeoutException
after: fine
