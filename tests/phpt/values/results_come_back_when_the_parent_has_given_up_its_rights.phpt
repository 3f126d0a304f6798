--TEST--
Results of any size come back from children that were root's, or are, when the parent is not any more
--EXTENSIONS--
posix
--SKIPIF--
<?php
if (posix_geteuid() !== 0) {
    die('skip only root has rights to give up');
}
?>
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, map};

require __DIR__ . '/../../support/sync.php';

$sizes = [10, 70_000, 5_000_000, 20];
$work = fn(int $size): string => str_repeat('x', $size);
$gate = new Gate();
$lengths = fn(array $results): string => implode(' ', array_map(strlen(...), $results));

echo 'as root: ', strlen(await(async(fn() => $work(100_000)))), "\n";
$stay = Pool::create()->concurrency(1)->tasksPerChild(0);
await($stay->add(fn() => $work(100_000)));
$stay->clearFinished();
$running = Pool::create()->concurrency(4);
foreach ($sizes as $size) {
    $running[] = function () use ($gate, $work, $size) { $gate->pass(); return $work($size); };
}
while ($running->status()->running < 4) {
    $running->tick();
}

posix_setgid(65534);
posix_setuid(65534);
$gate->open(4);
echo 'of tasks that run meanwhile: ', $lengths(await($running)), "\n";
foreach ($sizes as $size) {
    $stay[] = fn() => $work($size);
}
echo 'of the same child: ', $lengths(await($stay)), "\n";
echo 'of later ones: ', $lengths(await(array_map(fn($size) => async(fn() => $work($size)), $sizes))), "\n";
echo 'of a map: ', $lengths(map($sizes, $work)), "\n";
?>
--EXPECT--
as root: 100000
of tasks that run meanwhile: 10 70000 5000000 20
of the same child: 10 70000 5000000 20
of later ones: 10 70000 5000000 20
of a map: 10 70000 5000000 20
