--TEST--
Destructors of what only a pool's hooks hold may start tasks when the script ends, also when its tasks are killed
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

const LAST = 'final class Last
{
    public function __destruct()
    {
        echo told(fn() => async(fn() => null)), "\n";
    }
} ';
$ends = [
    'while a task runs' => '$pool->concurrency(1)->onFork(parent: fn() => $last)->add(fn() => $gate->pass()); $gate->open();',
    'while a task is queued' => '$pool->concurrency(1)->onFork(parent: fn() => $last)->add(fn() => $gate->pass());
        $pool->add(fn() => 1); $gate->open();',
    'when all are over' => '$pool->onFork(parent: fn() => $last)->add(fn() => 1); await($pool);',
    'when the last was cancelled' => '$failed = $pool->retry(1, 100.0)->onFork(parent: fn() => $last)
        ->add(fn() => throw new Exception());
        while ($failed->attempts() < 1) { $pool->tick(); }
        $pool->cancel();',
    'in a cycle' => '$pool->onFork(parent: fn() => [$last, $pool])->add(fn() => 1); await($pool);',
    'with warm workers' => '$pool->tasksPerChild(0)->onFork(parent: fn() => $last)->add(fn() => 1); await($pool);',
];
foreach (['wait', 'kill'] as $way) {
    foreach ($ends as $name => $code) {
        $seen = php(
            LAST . "(function () { \$pool = new Pool(); \$last = new Last(); \$gate = new Gate(); $code })(); echo 'end', PHP_EOL;",
            "-d async.at_exit=$way",
        );
        $lines = explode("\n", trim($seen));
        sort($lines);
        check("$name, $way", $lines === ['end', 'exit 0', 'nothing thrown'], $seen);
    }
}
?>
--EXPECT--
while a task runs, wait: yes
while a task is queued, wait: yes
when all are over, wait: yes
when the last was cancelled, wait: yes
in a cycle, wait: yes
with warm workers, wait: yes
while a task runs, kill: yes
while a task is queued, kill: yes
when all are over, kill: yes
when the last was cancelled, kill: yes
in a cycle, kill: yes
with warm workers, kill: yes
