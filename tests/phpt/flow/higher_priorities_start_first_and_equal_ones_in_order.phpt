--TEST--
Tasks with a higher priority start first, equal ones in order, isolated and warm; a repeat keeps its own
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $gate = new Gate();
    $notes = new Notes();
    $begun = new Notes();
    $pool = Pool::create()->tasksPerChild($tasks)->concurrency(1);
    $pool[] = function () use ($gate, $begun) { $begun->write('begun'); $gate->pass(); };
    $task = fn(string $name) => function () use ($name, $notes) { $notes->write($name); };
    $begun->next();
    // Some that are with the workers already when the first priority is given.
    $pool[] = $task('a0');
    $pool[] = $task('b0');
    $pool->add($task('c-1'), priority: -1);
    $pool->add($task('d5'), 'd', 5);
    $pool->add($task('e0'), null, 0);
    $pool->add($task('f5'), priority: 5);
    $pool->add(Async\async($task('g' . PHP_INT_MAX)), priority: PHP_INT_MAX);
    $pool['low'] = $task('h0');
    $hastened = $pool->add($task('i-9'), priority: -9);
    $pool->add($task('cancelled'), priority: 3)->cancel();
    $hastened->start();
    $gate->open();
    await($pool);
    echo $kind, ': ', implode(' ', $notes->all()), "\n";
}
$pool = Pool::create()->concurrency(1)->retry(1);
$notes = new Notes();
$file = tempnam(sys_get_temp_dir(), 'attempts');
$gate = new Gate();
$pool[] = fn() => $gate->pass();
$pool->add(function () use ($notes, $file) {
    $notes->write('low');
    return file_put_contents($file, '.', FILE_APPEND) && filesize($file) < 2 ? throw new DomainException() : 1;
}, priority: -1);
$pool->add(fn() => $notes->write('high'), priority: 1);
$gate->open();
await($pool);
unlink($file);
echo 'retry: ', implode(' ', $notes->all()), "\n";
echo told(fn() => $pool->add(fn() => 1, null, 'high')), "\n";
$pool->stop();
echo $pool->add(fn() => 1, priority: 7)->status()->name, "\n";
?>
--EXPECT--
isolated: i-9 g9223372036854775807 d5 f5 a0 b0 e0 h0 c-1
warm: i-9 g9223372036854775807 d5 f5 a0 b0 e0 h0 c-1
retry: high low low
TypeError: Async\Pool::add(): Argument #3 ($priority) must be of type int, string given
Cancelled
