--TEST--
Whichever reference that a call of the extension gives back sets off a collection, destructors find everything as it should be
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

define('PARENT', getmypid());

/** Part of a cycle that nobody refers to, and that leads to a pool. */
final class Garbage
{
    /** @var list<self> */
    public array $others = [];
    public bool $looks = false;

    public function __construct(private Pool $pool) {}

    public function __destruct()
    {
        if (!$this->looks || getmypid() !== PARENT) {
            return;
        }
        $GLOBALS['looked']++;
        count($this->pool);
        isset($this->pool['a'], $this->pool['new']);
        $this->pool->keys();
        $this->pool->status();
        foreach ($this->pool->getFinished() as $future) {
            $future->status();
        }
        $this->pool->onFork(parent: static fn() => null);
        $this->pool[] = static fn() => new ArrayObject([9]);
        $this->pool->tick();
    }
}

/** As much as the engine asks for to keep its threshold. */
function garbage(Pool $pool): void
{
    $all = [];
    for ($n = 0; $n < 200; $n++) {
        $all[] = new Garbage($pool);
    }
    foreach ($all as $one) {
        $one->others = $all;
    }
    $all[0]->looks = true;
}

/** The root buffer of the engine's cycle collector is full but for `$left` entries. */
function fill(array $objects, int $left): void
{
    $missing = gc_status()['threshold'] - gc_status()['roots'] - $left - 1;
    for ($n = 0; $n < $missing; $n++) {
        $one = $objects[$n];
        $one = null;
    }
}

/** Two have ended with objects, one with an exception; one is queued. */
function pool(int $tasks): Pool
{
    $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks)->onFork(parent: fn() => null);
    $pool['a'] = fn() => new ArrayObject([1]);
    $pool['b'] = fn() => [new ArrayObject([2])];
    $pool['c'] = fn() => throw new LogicException('c');
    $pool['c']->catch(fn(RuntimeException $e) => null);
    foreach (['a', 'b', 'c'] as $key) {
        failure($pool[$key]);
    }
    $pool['d'] = fn() => 4;
    return $pool;
}

$quiet = fn(callable $what) => function (Pool $pool) use ($what) {
    try {
        $what($pool);
    } catch (LogicException | ValueError | Async\AsyncException) {
    }
};
$calls = [
    'add' => fn(Pool $pool) => $pool->add(fn() => 1),
    'append' => fn(Pool $pool) => $pool[] = fn() => 1,
    'a key in use' => $quiet(fn(Pool $pool) => $pool->add(fn() => 1, 'a')),
    'a callable by name' => fn(Pool $pool) => $pool->add('getmypid', 'new'),
    'isset' => fn(Pool $pool) => isset($pool['a'], $pool['b']),
    'get' => fn(Pool $pool) => $pool['a']->key(),
    'unset what has ended' => function (Pool $pool) { unset($pool['a'], $pool['b']); },
    'unset what is queued' => function (Pool $pool) { unset($pool['d']); },
    'keys' => fn(Pool $pool) => $pool->keys(),
    'foreach' => function (Pool $pool) {
        foreach ($pool as $key => $future) {
            if ($key === 'c') {
                break;
            }
        }
    },
    'clearFinished' => fn(Pool $pool) => $pool->clearFinished(),
    'clearResults' => fn(Pool $pool) => $pool->clearResults(),
    'status' => fn(Pool $pool) => (string) $pool->status(),
    'lists' => fn(Pool $pool) => [$pool->getFinished(), $pool->getFailed(), $pool->getQueue()],
    'await' => $quiet(fn(Pool $pool) => await($pool)),
    'await of some' => $quiet(fn(Pool $pool) => await([$pool['a'], $pool['c'], $pool['c'], $pool['b']])),
    'settle' => fn(Pool $pool) => settle($pool),
    'wait' => $quiet(fn(Pool $pool) => $pool->wait(fn() => true)),
    'tick' => fn(Pool $pool) => $pool->tick(),
    'cancel' => fn(Pool $pool) => $pool->cancel(),
    'stop' => fn(Pool $pool) => $pool->stop(),
    'handlers' => fn(Pool $pool) => $pool['a']->then(fn(ArrayObject $a) => [$a])->then(fn(array $a) => new ArrayObject($a)),
    'handlers that run' => $quiet(function (Pool $pool) {
        $pool['a']->then(fn(ArrayObject $a) => [$a])->finally(fn() => new ArrayObject());
        $pool['c']->catch(fn(LogicException $e) => new ArrayObject([$e]));
        await($pool);
    }),
    'a future that a handler returns' => $quiet(function (Pool $pool) {
        $pool['a']->then(fn(ArrayObject $a) => $pool['b']);
        await($pool);
    }),
    'error' => fn(Pool $pool) => $pool['c']->error(),
    'onFork' => fn(Pool $pool) => $pool->onFork(child: fn() => new ArrayObject(), parent: fn() => new ArrayObject()),
    'async' => fn(Pool $pool) => async(fn(ArrayObject ...$all) => $all, new ArrayObject(), named: new ArrayObject())->start()->await(),
    'a future that is dropped' => fn(Pool $pool) => async(fn() => new ArrayObject())->then(fn(ArrayObject $a) => null),
    'what is sent to a child that is there' => function (Pool $pool) {
        $object = new ArrayObject([5]);
        await($pool->add(fn() => [$object]));
        await($pool->add(fn() => [$object, new ArrayObject()]));
    },
    'what is run again' => $quiet(function (Pool $pool) {
        $object = new ArrayObject([6]);
        await($pool->retry(2)->add(fn() => throw new LogicException('again', 1, new Exception($object::class))));
    }),
    'what is called off before it is run again' => $quiet(function (Pool $pool) {
        $future = $pool->retry(1, 100.0)->add(fn() => throw new LogicException('again'));
        while ($future->attempts() < 1) {
            $pool->tick();
        }
        $pool->stop();
        await($future);
    }),
    'output' => fn(Pool $pool) => $pool->output(Async\Output::Capture)->add(fn() => 1)->output(),
    'a stream' => fn(Pool $pool) => $pool->stream(),
    'a time limit' => $quiet(fn(Pool $pool) => await($pool->add(fn() => new ArrayObject())->timeout(fn($e) => 1)->timeout(60.0), 60.0)),
    'map' => function (Pool $pool) {
        foreach (Pool::create()->concurrency(1)->map([new ArrayObject([1]), 2], fn($n) => [new ArrayObject([$n])]) as $value) {
            await(async(fn() => 1));
        }
    },
    'a map that is left' => function (Pool $pool) {
        $items = (function () use ($pool) {
            for (;;) {
                yield [$pool] => new ArrayObject();
            }
        })();
        foreach (Pool::create()->concurrency(1)->map($items, fn($n) => 1) as $value) {
            break;
        }
    },
];
$objects = [];
for ($n = 0; $n < 10_001; $n++) {
    $objects[] = new stdClass();
}
gc_collect_cycles();
foreach ($calls as $name => $call) {
    $looked = 0;
    foreach ([1, 0] as $tasks) {
        // Later and later in the call, until it is over before.
        for ($left = 1; $left < 200; $left++) {
            $pool = pool($tasks);
            garbage($pool);
            fill($objects, $left);
            $runs = gc_status()['runs'];
            $call($pool);
            $over = gc_status()['runs'] === $runs;
            gc_collect_cycles();
            $pool->cancel();
            $pool = null;
            if ($over) {
                break;
            }
        }
    }
    check($name, $looked > 1, $looked);
}
?>
--EXPECT--
add: yes
append: yes
a key in use: yes
a callable by name: yes
isset: yes
get: yes
unset what has ended: yes
unset what is queued: yes
keys: yes
foreach: yes
clearFinished: yes
clearResults: yes
status: yes
lists: yes
await: yes
await of some: yes
settle: yes
wait: yes
tick: yes
cancel: yes
stop: yes
handlers: yes
handlers that run: yes
a future that a handler returns: yes
error: yes
onFork: yes
async: yes
a future that is dropped: yes
what is sent to a child that is there: yes
what is run again: yes
what is called off before it is run again: yes
output: yes
a stream: yes
a time limit: yes
map: yes
a map that is left: yes
