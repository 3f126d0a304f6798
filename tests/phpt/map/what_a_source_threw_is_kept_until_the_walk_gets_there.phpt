--TEST--
What a source threw is dropped with a walk that is left early, thrown at the end of one that is stopped, and of an exit of a source nothing is left to be thrown
--FILE--
<?php
use Async\Pool;
use function Async\map;

require __DIR__ . '/../../support/sync.php';

/** An exception that says when it goes. */
final class Kept extends LogicException
{
    public mixed $refers = null;

    public function __destruct()
    {
        echo "it goes\n";
    }
}

function source(Closure $last): iterable
{
    yield from [0, 1, 2, 3];
    $last();
    throw new Kept('source');
}

function walk(iterable $results, int $most = PHP_INT_MAX): string
{
    $seen = [];
    try {
        foreach ($results as $x) {
            $seen[] = $x;
            if (count($seen) === $most) {
                break;
            }
        }
    } catch (LogicException $e) {
        $seen[] = $e->getMessage();
    }
    return implode(' ', $seen);
}

// Left early: the pool still takes other maps.
$pool = Pool::create()->concurrency(2);
$results = $pool->map(source(fn() => null), fn(int $x) => $x);
echo 'left early: ', walk($results, 2), "\n";
unset($results);
echo 'another: ', walk($pool->map([5, 6], fn(int $x) => $x)), "\n";

// An exception that refers to what keeps it is garbage with it.
$results = null;
$source = (function () use (&$results) {
    yield 0;
    $e = new Kept('source');
    $e->refers = &$results;
    throw $e;
})();
$results = $pool->map($source, fn(int $x) => $x);
unset($results, $source);
gc_collect_cycles();
echo "collected\n";

// Stopped by somebody, after the source has thrown, or by the source itself. What was begun is given; then that it threw.
foreach (['stop', 'cancel'] as $how) {
    $gate = new Gate();
    $pool = Pool::create()->concurrency(2);
    $results = $pool->map(source(fn() => null), function (int $x) use ($gate) {
        if ($x > 0) {
            $gate->pass();
        }
        return $x;
    });
    $first = $results->current();
    $how === 'stop' and $gate->open(3);
    $pool->$how();
    $seen = walk($results);
    echo $how, ': ', $how === 'stop' ? preg_replace('/ [123]/', '', $seen) : $seen, "\n";
}
$pool = Pool::create()->concurrency(2);
$seen = walk($pool->map(source(fn() => $pool->stop()), fn(int $x) => $x));
echo 'by itself: ', preg_replace('/\d /', '', $seen), "\n";

// An exit is no failure of the source.
echo php(<<<'PHP'
    register_shutdown_function(function () {
        $rest = iterator_to_array($GLOBALS['results'], false);
        echo $rest === range($rest[0], 99) ? 'all that came before it' : json_encode($rest), "\n";
    });
    $source = (function () {
        for ($i = 0; $i < 100; $i++) {
            yield $i;
        }
        exit(3);
    })();
    $results = Pool::create()->concurrency(2)->map($source, fn(int $x) => $x);
    foreach ($results as $x) {
        echo $x === 0 ? "begun\n" : '';
    }
    echo "never\n";
    PHP), php(<<<'PHP'
    Async\map((function () {
        yield 1;
        exit(3);
    })(), fn(int $x) => $x);
    echo "never\n";
    PHP);
?>
--EXPECT--
left early: 0 1
it goes
another: 5 6
it goes
collected
it goes
stop: 0 source
it goes
cancel: 0 source
it goes
by itself: source
begun
all that came before it
exit 3

exit 3
