--TEST--
A pool that its own hooks hold is collected when its tasks are over, and not before
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

/** Gives what it makes away to its own hooks, and to nobody else. */
final class Importer
{
    public int $forks = 0;
    private Pool $pool;

    public function __construct(private Notes $notes, int $tasksPerChild)
    {
        $this->pool = Pool::create()->concurrency(1)->tasksPerChild($tasksPerChild)
            ->onFork(parent: fn() => $this->notes->write('parent ' . ++$this->forks))
            ->onFork(child: fn() => $this->notes->write('child of ' . $this->forks));
    }

    public function run(Gate $gate): WeakReference
    {
        foreach (range(1, 3) as $n) {
            $this->pool[] = function () use ($gate, $n) {
                $gate->pass();
                return $n;
            };
        }
        return WeakReference::create($this->pool);
    }
}

/** Others take the place of what was released. */
function junk(): array
{
    return array_map(fn($n) => [str_repeat('x', 300), new ArrayObject(), fn() => print("not a hook\n")], range(1, 1000));
}

foreach ([1, 0] as $tasks) {
    $notes = new Notes();
    $gate = new Gate();
    $weak = (new Importer($notes, $tasks))->run($gate);
    gc_collect_cycles();
    gc_collect_cycles();
    $junk = junk();
    check('there while its tasks run', $weak->get() !== null);
    $gate->open(3);
    for ($n = 0; $n < 10_000 && $weak->get() !== null; $n++) {
        await(async(fn() => null));
        gc_collect_cycles();
    }
    check('collected when they are over', $weak->get() === null);
    $lines = $notes->all();
    sort($lines);
    $expected = ['child of 0', 'child of 1', 'child of 2', 'parent 1', 'parent 2', 'parent 3'];
    // One warm worker may do for all tasks, and one that is replaced before its first task calls no hook.
    $right = $tasks ? $lines === $expected : !array_diff($lines, $expected) && array_unique($lines) === $lines;
    check('each hook once for each child', $right && in_array('parent 1', $lines, true), $lines);
}
?>
--EXPECT--
there while its tasks run: yes
collected when they are over: yes
each hook once for each child: yes
there while its tasks run: yes
collected when they are over: yes
each hook once for each child: yes
