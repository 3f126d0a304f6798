--TEST--
Large results that nobody fetches for now hold nobody up: neither the end of the script nor whatever else is waited for
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$begin = 'require ' . var_export(dirname(__DIR__, 2) . '/support/runs.php', true) . ';' . <<<'PHP'

    /** Results that children keep in their memory until somebody wants them. */
    $large = fn(int $i) => str_repeat(chr(97 + $i % 26), 100_000 + $i);
    $right = fn(int $i, string $value) => $value === $large($i);
    PHP;
$scripts = [
    'an iterator that is kept until the script ends' => <<<'PHP'
        $results = (new Pool)->concurrency(2)->map(range(1, 60), $large);
        foreach ($results as $result) {
            break;
        }
        echo "the end\n";
        PHP,
    'one that is read to its end after that' => <<<'PHP'
        $results = (new Pool)->concurrency(2)->map(range(0, 59), $large);
        $results->rewind();
        register_shutdown_function(fn() => register_shutdown_function(function () use ($results, $right) {
            for ($n = 0; $results->valid(); $results->next()) {
                $n += (int) $right($results->key(), $results->current());
            }
            echo "$n right\n";
            while (trim(file_get_contents('/proc/self/task/' . getmypid() . '/children')) !== '') {
                usleep(1000); // warm workers end when the map is over
            }
        }));
        PHP,
    'a task of the same pool is awaited in the loop' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        $n = 0;
        foreach ($pool->map(range(0, 39), $large) as $i => $result) {
            $n += (int) ($right($i, $result) && await($pool->add(fn() => $i)) === $i);
        }
        echo "$n right\n";
        PHP,
    'the pool is awaited in the loop' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        $n = 0;
        foreach ($pool->map(range(0, 39), $large) as $i => $result) {
            $pool->clearFinished();
            $pool[] = fn() => $i;
            $n += (int) ($right($i, $result) && array_values(await($pool)) === [$i]);
        }
        echo "$n right\n";
        PHP,
    'a foreach over the pool in the loop' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        $n = 0;
        foreach ($pool->map(range(0, 9), $large) as $i => $result) {
            $pool[] = fn() => $i;
            foreach ($pool as $future) {
                $n += $future->await();
            }
            $pool->clearFinished();
        }
        echo $n, "\n";
        PHP,
    'two maps of one pool in turn' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        [$one, $other] = [$pool->map(range(0, 29), $large), $pool->map(range(30, 59), $large)];
        for ($n = 0; $one->valid() || $other->valid(); $one->next(), $other->next()) {
            $n += (int) $right($one->key(), $one->current()) + (int) $right($other->key() + 30, $other->current());
        }
        echo "$n right\n";
        PHP,
    'one map in the loop of another' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        $n = 0;
        foreach ($pool->map(range(0, 9), $large) as $result) {
            foreach ($pool->map(range(0, 9), $large) as $i => $inner) {
                $n += (int) $right($i, $inner);
            }
        }
        echo "$n right\n";
        PHP,
    'Async\map() in the loop' => <<<'PHP'
        $n = 0;
        foreach ((new Pool)->concurrency(2)->map(range(0, 9), $large) as $result) {
            foreach (Async\map(range(0, 3), $large) as $i => $inner) {
                $n += (int) $right($i, $inner);
            }
        }
        echo "$n right\n";
        PHP,
    'a task of another pool is awaited' => <<<'PHP'
        $results = (new Pool)->concurrency(4)->map(range(1, 60), $large);
        $results->rewind();
        echo await(async(fn() => 'awaited')->start()), "\n";
        PHP,
    'in a handler' => <<<'PHP'
        $results = (new Pool)->concurrency(1)->map(range(1, 60), $large);
        async(fn() => 1)->then(function () use ($results, $right) {
            $results->rewind();
            echo $right(1, $results->current()) ? "right\n" : "wrong\n";
        })->start();
        PHP,
    'a task of the same pool while the parent computes' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        $results = $pool->map(range(1, 60), $large);
        $results->rewind();
        $ran = false;
        $pool->add(fn() => 1)->then(function () use (&$ran) { $ran = true; });
        while (!$ran);
        echo "ran\n";
        PHP,
    'a task of another pool while the parent computes' => <<<'PHP'
        $results = (new Pool)->concurrency(2)->map(range(1, 60), $large);
        $results->rewind();
        $ran = false;
        (new Pool)->add(fn() => 1)->then(function () use (&$ran) { $ran = true; });
        while (!$ran);
        echo "ran\n";
        PHP,
    'another map of the same pool while the parent computes' => <<<'PHP'
        $pool = (new Pool)->concurrency(2);
        $results = $pool->map(range(1, 60), $large);
        $results->rewind();
        $runs = new Runs();
        $others = $pool->map([1, 2, 3, 4], $runs->add(...));
        while (count($runs->all()) < 4);
        echo "ran\n";
        PHP,
    'there are to be fewer children' => <<<'PHP'
        $pool = (new Pool)->concurrency(3);
        $results = $pool->map(range(1, 30), fn(int $i) => $i === 2 ? posix_kill(getmypid(), SIGKILL) : $large($i));
        $results->rewind();
        $pool->concurrency(1);
        for ($n = 0; $results->valid(); $results->next()) {
            try {
                $n += (int) $right($results->key() + 1, $results->current());
            } catch (ProcessDiedException) {
                echo "item 2 died, ";
            }
        }
        echo "$n right\n";
        PHP,
];
foreach ($scripts as $what => $script) {
    foreach ([0, 2] as $cap) {
        echo "$what, ", $cap === 0 ? 'no cap' : "$cap at most", ': ', php($begin . $script, "-d async.max_children=$cap", under: 'timeout -s KILL 15');
    }
}
?>
--EXPECT--
an iterator that is kept until the script ends, no cap: the end
exit 0
an iterator that is kept until the script ends, 2 at most: the end
exit 0
one that is read to its end after that, no cap: 60 right
exit 0
one that is read to its end after that, 2 at most: 60 right
exit 0
a task of the same pool is awaited in the loop, no cap: 40 right
exit 0
a task of the same pool is awaited in the loop, 2 at most: 40 right
exit 0
the pool is awaited in the loop, no cap: 40 right
exit 0
the pool is awaited in the loop, 2 at most: 40 right
exit 0
a foreach over the pool in the loop, no cap: 45
exit 0
a foreach over the pool in the loop, 2 at most: 45
exit 0
two maps of one pool in turn, no cap: 60 right
exit 0
two maps of one pool in turn, 2 at most: 60 right
exit 0
one map in the loop of another, no cap: 100 right
exit 0
one map in the loop of another, 2 at most: 100 right
exit 0
Async\map() in the loop, no cap: 40 right
exit 0
Async\map() in the loop, 2 at most: 40 right
exit 0
a task of another pool is awaited, no cap: awaited
exit 0
a task of another pool is awaited, 2 at most: awaited
exit 0
in a handler, no cap: right
exit 0
in a handler, 2 at most: right
exit 0
a task of the same pool while the parent computes, no cap: ran
exit 0
a task of the same pool while the parent computes, 2 at most: ran
exit 0
a task of another pool while the parent computes, no cap: ran
exit 0
a task of another pool while the parent computes, 2 at most: ran
exit 0
another map of the same pool while the parent computes, no cap: ran
exit 0
another map of the same pool while the parent computes, 2 at most: ran
exit 0
there are to be fewer children, no cap: item 2 died, 29 right
exit 0
there are to be fewer children, 2 at most: item 2 died, 29 right
exit 0
