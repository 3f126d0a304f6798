--TEST--
status() counts as it happens, and says after any sequence of steps what a look at each future says
--INI--
async.at_exit=kill
--FILE--
<?php
use Async\{Pool, Status};
use function Async\{async, settle};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/counts.php';

set_error_handler(fn() => true, E_WARNING); // failures that nobody sees are told when they go

/** One pool, and steps that are drawn from a seed. */
final class Steps
{
    private int $waiting = 0;
    /** @var array<int, int> */
    private array $cancelled = [];

    public function __construct(private readonly Pool $pool, private readonly Gate $gate, private readonly string $name)
    {
    }

    private function tasks(): array
    {
        $gate = $this->gate;
        return [
            'value' => fn() => 1,
            'blocks' => static function () use ($gate) { $gate->pass(); return 2; },
            'throws' => fn() => throw new DomainException('no'),
            'dies' => fn() => posix_kill(getmypid(), SIGKILL),
            'has no time' => static fn() => (new Gate())->never(),
        ];
    }

    private function add(): string
    {
        $kind = array_rand($this->tasks());
        $task = $this->tasks()[$kind];
        $future = $this->pool->add($task);
        $this->waiting += (int) ($kind === 'blocks');
        if ($kind === 'has no time') {
            $future->timeout(0.01);
        }
        // What handlers make of it does not count.
        match (mt_rand(0, 4)) {
            0 => $future->catch(fn(Throwable $e) => 'handled'),
            1 => $future->then(fn() => throw new LogicException('thrown by a handler')),
            2 => $future->then(fn() => 'another value')->finally(fn() => null),
            3 => $future->then(fn() => async(fn() => 'from another future')),
            default => null,
        };
        return "adds one that $kind";
    }

    /** One that was made outside, and is over, or runs. */
    private function adopt(): string
    {
        $kind = array_rand(['value' => 1, 'throws' => 1, 'blocks' => 1]);
        $future = async($this->tasks()[$kind])->start();
        if ($kind === 'blocks') {
            $this->waiting++;
        } else {
            settle([$future]);
        }
        $this->pool[] = $future;
        return "adds one from outside that $kind";
    }

    private function some(): ?Async\Future
    {
        $keys = $this->pool->keys();
        return $keys === [] ? null : $this->pool[$keys[array_rand($keys)]];
    }

    private function cancel(): string
    {
        $future = $this->some();
        $repeats = $future === null ? 0 : repeats($future);
        if ($future?->cancel()) {
            $this->cancelled[spl_object_id($future)] = $repeats;
        }
        return 'cancels one';
    }

    private function unset(): string
    {
        if ($future = $this->some()) {
            unset($this->pool[$future->key()]);
        }
        return 'takes one out';
    }

    private function step(): string
    {
        return match (mt_rand(0, 12)) {
            0, 1, 2, 3, 4 => $this->add(),
            5 => $this->adopt(),
            6 => $this->cancel(),
            7 => $this->unset(),
            8 => (string) $this->pool->tick() . ' news',
            9 => $this->pool->clearResults() ? 'forgets results' : '',
            10 => mt_rand(0, 2) ? 'nothing' : ($this->pool->clearFinished() ? 'forgets futures' : ''),
            11 => $this->some()?->start() ? 'starts one' : '',
            12 => $this->open(),
        };
    }

    private function open(): string
    {
        $this->gate->open();
        return 'opens the gate';
    }

    public function run(int $steps): bool
    {
        $kept = []; // their numbers stay theirs
        for ($i = 0; $i < $steps; $i++) {
            try {
                $did = $this->step();
            } catch (Async\AsyncError $e) {
                $did = $e->getMessage(); // one that has begun cannot be started
            }
            foreach ($this->pool->keys() as $key) {
                $kept[] = $this->pool[$key];
            }
            if (!compare("$this->name, step $i $did", $this->pool, $this->cancelled)) {
                return false;
            }
        }
        $this->gate->open($this->waiting);
        if (mt_rand(0, 1)) {
            foreach ($this->pool->keys() as $key) {
                if ($this->pool[$key]->status() === Status::Queued && $this->pool[$key]->attempts() === 0) {
                    $this->cancelled[spl_object_id($this->pool[$key])] = 0;
                }
            }
            $this->pool->stop();
        }
        $same = compare("$this->name, stopped", $this->pool, $this->cancelled);
        settle($this->pool);
        return $same && compare("$this->name, at the end", $this->pool, $this->cancelled);
    }
}

$pools = [
    'isolated' => fn() => Pool::create()->concurrency(2),
    'isolated and again' => fn() => Pool::create()->concurrency(2)->retry(1),
    'warm' => fn() => Pool::create()->concurrency(2)->tasksPerChild(0),
    'warm and again' => fn() => Pool::create()->concurrency(2)->tasksPerChild(0)->retry(2, 0.001),
];
foreach ($pools as $name => $make) {
    $same = true;
    foreach ([1, 2, 3] as $seed) {
        mt_srand($seed);
        $same = $same && (new Steps($make(), new Gate(), "$name, seed $seed"))->run(40);
    }
    echo $name, ': ', $same ? 'the same' : 'NOT the same', "\n";
}
?>
--EXPECT--
isolated: the same
isolated and again: the same
warm: the same
warm and again: the same
