--TEST--
Blocking reads, accepts and locks are not cut short by children that end (pain 25)
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'async');
$pool = Pool::create()->concurrency(20);
$notes = new Notes();
$locked = new Gate();
$holder = async(function () use ($file, $locked) {
    $lock = fopen($file, 'r');
    flock($lock, LOCK_EX);
    $locked->open();
    usleep(400_000);
    return 'held';
})->start();
$locked->pass();
for ($i = 1; $i <= 20; $i++) {
    $pool[] = fn() => usleep($i * 15_000);
}
$lock = fopen($file, 'r');
var_dump(flock($lock, LOCK_EX));
$pool[] = function () use ($notes) { usleep(100_000); $notes->write('a line'); };
$pool[] = fn() => usleep(50_000);
echo $notes->next(), ' ', await($holder), "\n";
await($pool);
unlink($file);
?>
--EXPECT--
bool(true)
a line held
