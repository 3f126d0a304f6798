--TEST--
SIGTERM, whoever sends it, ends a task at the end of what the engine or an extension protects, not in the middle of it
--EXTENSIONS--
ffi
--SKIPIF--
<?php
require __DIR__ . '/../../support/protected.php';
if (!has_protected_sections()) { die('skip this PHP has no sections that can be asked for'); }
?>
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/protected.php';

ini_set('async.kill_grace', PATIENCE);
engine();
$ways = [
    'a signal' => fn(Async\Future $future, int $pid) => posix_kill($pid, SIGTERM),
    'its group' => fn(Async\Future $future, int $pid) => posix_kill(-$pid, SIGINT),
    'cancel()' => fn(Async\Future $future) => $future->cancel(),
    'its time' => fn(Async\Future $future) => $future->timeout(0.001),
];
foreach (['own' => 1, 'stay' => 0] as $kind => $tasks) {
    foreach ($ways as $name => $end) {
        [$inside, $notes] = [new Gate(), new Notes()];
        $pool = Pool::create()->tasksPerChild($tasks);
        $future = $pool->add(function () use ($inside, $notes) {
            enter_section();
            $inside->open();
            while (!engine()->zend_signal_globals->blocked) {
                usleep(1000); // until there is a signal that waits for the end of the section
            }
            $notes->write('stayed inside');
            leave_section();
            $notes->write('AND BEYOND');
            (new Gate())->never();
        });
        $inside->pass();
        $end($future, $future->pid());
        $error = Async\settle($pool)[0]->error();
        echo "$kind, $name: ", implode(' ', $notes->all()), ', ', $error::class, ' ', $error->signalName ?? '', "\n";
    }
}
?>
--EXPECT--
own, a signal: stayed inside, Async\ProcessDiedException SIGTERM
own, its group: stayed inside, Async\ProcessDiedException SIGINT
own, cancel(): stayed inside, Async\CancelledException 
own, its time: stayed inside, Async\TimeoutException 
stay, a signal: stayed inside, Async\ProcessDiedException SIGTERM
stay, its group: stayed inside, Async\ProcessDiedException SIGINT
stay, cancel(): stayed inside, Async\CancelledException 
stay, its time: stayed inside, Async\TimeoutException 
