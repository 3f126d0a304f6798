--TEST--
A hook for children that fails, in whatever way, costs one task for each child, and there is an end to it
--FILE--
<?php
use Async\Pool;
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$hooks = [
    'throws' => fn() => throw new DomainException('hook'),
    'exits' => fn() => exit(3),
    'kills' => fn() => posix_kill(getmypid(), SIGKILL),
];
foreach ($hooks as $name => $hook) {
    $pool = Pool::create()->concurrency(2)->tasksPerChild(0)->onFork(child: $hook);
    for ($i = 0; $i < 100; $i++) {
        $pool[] = fn() => $i;
    }
    $classes = array_map(fn($future) => $future->error()::class, settle($pool));
    echo "$name: ", json_encode(array_count_values($classes)), "\n";
}
$times = new Notes();
$pool = Pool::create()->concurrency(1)->tasksPerChild(0)->onFork(child: fn() => $times->write('hook'));
for ($i = 0; $i < 100; $i++) {
    $pool[] = fn() => getmypid();
}
echo 'once for each child: ', count(array_unique($pool->wait())) === count($times->all()) ? 'yes' : 'no', "\n";
?>
--EXPECT--
throws: {"DomainException":100}
exits: {"Async\\ProcessDiedException":100}
kills: {"Async\\ProcessDiedException":100}
once for each child: yes
