--TEST--
Random tasks over three pools, with random deaths: each has the outcome that it should have, and each ran once
--FILE--
<?php
use Async\{Pool, Route};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

/* ASYNC_SEED and ASYNC_TASKS in the environment make another storm. */
mt_srand((int) (getenv('ASYNC_SEED') ?: 1));
$count = (int) (getenv('ASYNC_TASKS') ?: 1500);
final class Thing
{
    public function __construct(public int $i)
    {
    }

    public function value(): int
    {
        return $this->i;
    }
}
$gate = new Gate();
$file = tempnam(sys_get_temp_dir(), 'async');
$note = fn(int $i) => file_put_contents($file, "$i\n", FILE_APPEND | LOCK_EX);
function notes(string $file, int $i): int
{
    file_put_contents($file, "$i\n", FILE_APPEND | LOCK_EX);
    return $i;
}
$pools = $expected = [];
foreach ([0, 0, 20] as $p => $tasks) {
    $pools[$p] = Pool::create()->concurrency($p + 1)->tasksPerChild($tasks);
}
for ($i = 0; $i < $count; $i++) {
    $p = mt_rand(0, 2);
    $thing = new Thing($i);
    [$expected[$i], $task] = match (mt_rand(0, 40)) {
        0 => ['SIGKILL', function () use ($file, $i) { notes($file, $i); posix_kill(getmypid(), SIGKILL); }],
        1 => ['exit', function () use ($file, $i) { notes($file, $i); exit(3); }],
        2, 3, 4 => [DomainException::class, function () use ($file, $i) { notes($file, $i); throw new DomainException("$i"); }],
        5, 6 => ['value', function () use ($file, $i, $gate) { return $gate ? notes($file, $i) : 0; }], // has to be inherited
        7 => ['value', function () use ($file, $i) { return notes($file, $i) + strlen(str_repeat('x', 300_000)) - 300_000; }],
        8, 9, 10 => ['value', function () use ($file, $thing) { return notes($file, $thing->value()); }],
        11 => ['value', eval('return fn() => notes($file, $i);')],
        12 => ['value', function () use ($file, $i) { usleep(2000); return notes($file, $i); }],
        13 => ['TimedOut', function () use ($file, $i) { notes($file, $i); while (true) { sleep(1); } }],
        default => ['value', fn() => notes($file, $i)],
    };
    if ($expected[$i] === 'TimedOut' && mt_rand(0, 3)) {
        $expected[$i] = 'value';
        $task = fn() => notes($file, $i);
    }
    $future = $pools[$p]->add($task, $i);
    $expected[$i] === 'TimedOut' && $future->timeout(0.02);
    mt_rand(0, 200) || $pools[$p]->tick();
}
$wrong = 0;
foreach ($pools as $pool) {
    foreach (settle($pool) as $i => $future) {
        $e = $future->error();
        $seen = match (true) {
            $e === null => $future->await() === $i ? 'value' : 'another value',
            $e instanceof Async\ProcessDiedException => $e->signalName ?? 'exit',
            $e instanceof Async\TimeoutException => 'TimedOut',
            default => $e::class,
        };
        if ($seen !== $expected[$i] && $wrong++ < 5) {
            echo "task $i: $expected[$i] expected, $seen seen: ", $e?->getMessage(), "\n";
        }
    }
}
$lines = array_map('intval', file($file));
$late = array_filter($expected, fn($what) => $what === 'TimedOut'); // those may end before they write
$missing = array_diff(array_keys($expected), $lines, array_keys($late));
var_dump($wrong, count($missing), count($lines) - count(array_unique($lines)));
unlink($file);
?>
--EXPECT--
int(0)
int(0)
int(0)
