--TEST--
Handlers run between statements of the function that registered them and of those that had called it, not in what these call
--FILE--
<?php
use Async\{Handlers, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();

/** Code that knows of no handler: lets a task end, and is busy for long enough after that to be interrupted. */
function library(Async\Future $future, array &$ran): string
{
    $GLOBALS['gate']->open();
    for ($until = microtime(true) + PATIENCE; $future->pid() !== null && posix_kill($future->pid(), 0) && microtime(true) < $until;) {
        usleep(500);
    }
    for ($i = 0; $i < 2_000_000; $i++) {
    }
    return $ran === [] ? 'not in the library' : 'IN THE LIBRARY';
}

/** Registers a handler; its caller is one that had called it. */
function register(Async\Future $future, array &$ran): void
{
    $future->then(function () use (&$ran) { $ran[] = 'ran'; });
}

function told_in_a_loop(array &$ran): string
{
    return $ran === [] ? 'waits' : 'ran';
}

// The function that registered it, and one that had called that.
$ran = [];
$future = async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'ran'; });
echo 'here: ', library($future, $ran);
while ($ran === []) {
}
echo ", then here\n";

$ran = [];
$future = async(fn() => $gate->pass());
register($future, $ran);
echo 'by a function: ', library($future, $ran);
while ($ran === []) {
}
echo ", then in its caller\n";

// The same closure code, a method, a generator, a fiber.
final class Service
{
    public array $ran = [];

    public function run(): string
    {
        $future = async(fn() => $GLOBALS['gate']->pass())->finally(function () { $this->ran[] = 'ran'; });
        $told = library($future, $this->ran);
        while ($this->ran === []) {
        }
        return $told . ', then in the method';
    }
}
echo 'a method: ', (new Service())->run(), "\n";

function generate(): Generator
{
    global $gate;
    $ran = [];
    $future = async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'ran'; });
    yield library($future, $ran);
    while ($ran === []) {
    }
    yield 'then in the generator';
}
echo 'a generator: ', implode(', ', iterator_to_array(generate())), "\n";

$fiber = new Fiber(function () use ($gate) {
    $ran = [];
    $future = async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'ran'; });
    Fiber::suspend(library($future, $ran));
    while ($ran === []) {
    }
    return 'then in the fiber';
});
echo 'a fiber: ', $fiber->start(), ', ';
$fiber->resume();
echo $fiber->getReturn(), "\n";

// Of several, each where it is known.
$ran = [];
$inner = function () use (&$ran, $gate) {
    $future = async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'inner'; });
    $future->finally(function () use (&$ran) { $ran[] = 'finally'; });
    library($future, $ran);
    while (count($ran) < 2) {
    }
};
async(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'outer'; });
$order = (function () use ($inner, $gate, &$ran) { $gate->open(); $inner(); return $ran; })();
echo 'in the inner one: ', implode(', ', $order), "\n";
while (count($ran) < 3) {
}

// In calls that wait they always run, whoever makes them.
function waits(callable $how): void
{
    $how();
}
$pool = Pool::create();
foreach (['tick' => fn() => $pool->tick(), 'wait' => fn() => $pool->wait(), 'await' => fn() => await(async(fn() => 0)), 'clearFinished' => fn() => $pool->clearFinished()] as $name => $how) {
    $ran = [];
    $future = $pool->add(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'ran'; });
    library($future, $ran);
    waits($how);
    echo $name, ': ', $ran[0] ?? 'NOT', "\n";
}

// The other settings.
foreach ([[Handlers::Anywhere, 'anywhere'], [Handlers::Await, 'await']] as [$where, $ini]) {
    foreach (['pool', 'php.ini'] as $by) {
        if ($by === 'php.ini') {
            ini_set('async.handlers', $ini);
        }
        $ran = [];
        $pool = Pool::create();
        $future = ($by === 'pool' ? $pool->handlers($where) : $pool)->add(fn() => $gate->pass())->then(function () use (&$ran) { $ran[] = 'ran'; });
        $told = library($future, $ran);
        for ($i = 0; $i < 2_000_000; $i++) {
        }
        echo $where->name, " by $by: $told, ", $ran === [] ? 'not in a loop' : 'ran', ', ';
        await($pool);
        echo $ran[0], "\n";
        ini_set('async.handlers', 'scope');
    }
}
echo told(fn() => Pool::create()->handlers('scope')), "\n";
?>
--EXPECT--
here: not in the library, then here
by a function: not in the library, then in its caller
a method: not in the library, then in the method
a generator: not in the library, then in the generator
a fiber: not in the library, then in the fiber
in the inner one: inner, finally
tick: ran
wait: ran
await: ran
clearFinished: ran
Anywhere by pool: IN THE LIBRARY, ran, ran
Anywhere by php.ini: IN THE LIBRARY, ran, ran
Await by pool: not in the library, not in a loop, ran
Await by php.ini: not in the library, not in a loop, ran
TypeError: Async\Pool::handlers(): Argument #1 ($where) must be of type Async\Handlers, string given
