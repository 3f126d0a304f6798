--TEST--
Readers of a shared value see it whole while others set it; a writer that is killed leaves the value before
--EXTENSIONS--
posix
--FILE--
<?php
use Async\{Pool, Shared};
use function Async\{async, await, settle};

$shared = new Shared(array_fill(0, 2000, 0), 1 << 18);
$pool = Pool::create()->concurrency(4);
for ($i = 1; $i <= 4; $i++) {
    $pool[] = function () use ($shared, $i) {
        $torn = 0;
        for ($j = 0; $j < 150; $j++) {
            $i <= 2 and $shared->set(array_fill(0, 1500 + $j, $i));
            $torn += (int) (count(array_unique($shared->get())) !== 1);
        }
        return $torn;
    };
}
var_dump(array_sum(await($pool)));

$shared->set('before');
for ($i = 0; $i < 5; $i++) {
    settle([async(fn() => $shared->update(fn() => posix_kill(getmypid(), SIGKILL)))]);
}
var_dump($shared->get(), $shared->update(strtoupper(...)), $shared->get());
?>
--EXPECT--
int(0)
string(6) "before"
string(6) "BEFORE"
string(6) "BEFORE"
