--TEST--
Futures that are dropped, half of them crashing, leave no child, no descriptor and no full slot (pains 30 and 36)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

await([async(fn() => null)]); // of several, so that the child is gone too
set_error_handler(fn() => true);
$before = count(scandir('/proc/self/fd'));
for ($i = 0; $i < 300; $i++) {
    async(fn() => $i % 2 ? posix_kill(getmypid(), SIGKILL) : $i);
}
$own = '/proc/self/task/' . getmypid() . '/children';
await(async(fn() => 'queued behind all of them'));
while (trim(file_get_contents($own)) !== '') {
    usleep(1000); // the queue moves on only while PHP code runs
}
$slots = max(8, 2 * Async\cpus());
$gates = [new Gate(), new Gate()];
$futures = [];
for ($i = 0; $i < $slots; $i++) {
    $futures[] = async(function () use ($gates) { $gates[0]->open(); $gates[1]->pass(); });
}
$gates[0]->pass($slots); // every slot can be had again
$gates[1]->open($slots);
await($futures);
unset($futures, $gates);
check('no child left', trim(file_get_contents($own)) === '');
check('no descriptor left', count(scandir('/proc/self/fd')) === $before, count(scandir('/proc/self/fd')));
?>
--EXPECT--
no child left: yes
no descriptor left: yes
