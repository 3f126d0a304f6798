--TEST--
A pcntl_fork() of the application neither starts nor tells what is its parent's, and lets go of what it has inherited
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, await, onFork};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
$gate = new Gate();
// Of everything something: in a queue, in a child, in one that stays, ended, with handlers, in a map, in hooks.
$isolated = Pool::create()->concurrency(1)->onFork(parent: fn() => null);
$isolated->add(fn() => 1)->then(fn() => new ArrayObject());
$failed = $isolated->add(fn() => throw new LogicException('of the parent'));
while ($failed->status() !== Status::Failed) {
    await(async(fn() => null)->start());
}
$running = $isolated->add(fn() => $gate->pass());
$queued = $isolated->add(fn() => new ArrayObject());
$warm = Pool::create()->concurrency(1)->tasksPerChild(0)->onFork(child: fn() => null);
await($warm->add(fn() => new ArrayObject()));
$inside = $warm->add(fn() => $gate->pass())->finally(fn() => null);
$posted = $warm->add(fn() => new ArrayObject());
$map = Pool::create()->concurrency(1)->map((fn() => yield from [1, 2, new ArrayObject()])(), fn($n) => $n);
$map->current();
$lazy = async(fn() => $notes->write('ran'));

$pid = pcntl_fork();
if ($pid === 0) {
    define('FORKED_BY_THE_TEST', true);
    echo await(async(fn() => 'a task of its own')), "\n";
    unset($failed, $lazy, $queued, $running, $isolated);
    gc_collect_cycles();
    exit(5); // an ordinary end, with shutdown functions and destructors
}
pcntl_waitpid($pid, $status);
echo 'exit ', pcntl_wexitstatus($status), "\n";
$gate->open(2);
echo get_class(await($queued)), ' ', get_class(await($posted)), ' ', count(iterator_to_array($map)), "\n";
await($lazy);
print_r($notes->all());
echo get_class($failed->error()), "\n";
?>
--EXPECT--
a task of its own
exit 5
ArrayObject ArrayObject 3
Array
(
    [0] => ran
)
LogicException
