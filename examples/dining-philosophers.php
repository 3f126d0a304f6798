<?php

// Dijkstra's philosophers: five processes round a table, a fork between any two, and each needs both of its forks to eat. They
// eat in two ways that cannot end in a circle of waiting, and one that can, where a time limit ends it. Now and then one is
// killed with its forks in hand: the others get those, and hear of it.
//
// usage: php -d extension=/path/to/libasync.so examples/dining-philosophers.php

declare(strict_types=1);

use Async\{Counter, Mutex, Pool, ProcessDiedException, Semaphore, TimeoutException};
use function Async\{await, settle};

const SEATS = 5;
const MEALS = 50;

final class Table
{
    /** @var list<Mutex> */
    public readonly array $forks;
    /** @var list<Counter> how many have a fork in hand: never more than one */
    private readonly array $hands;
    public readonly Counter $meals;
    public readonly Counter $abandoned;
    public readonly Counter $wrong;

    public function __construct()
    {
        $this->forks = array_map(fn () => new Mutex(), range(1, SEATS));
        $this->hands = array_map(fn () => new Counter(), range(1, SEATS));
        [$this->meals, $this->abandoned, $this->wrong] = [new Counter(), new Counter(), new Counter()];
    }

    public function take(int $fork, ?float $patience = null): void
    {
        $this->forks[$fork]->acquire($patience);
        if ($this->forks[$fork]->wasAbandoned()) {
            $this->abandoned->add();
            $this->hands[$fork]->set(0);
        }
        $this->hands[$fork]->add() === 1 || $this->wrong->add();
    }

    public function putBack(int $fork): void
    {
        $this->hands[$fork]->add(-1);
        $this->forks[$fork]->release();
    }

    public function eat(int ...$forks): void
    {
        $this->meals->add();
        array_map($this->putBack(...), $forks);
    }
}

/** @param Closure(Table, int, int): void $dine takes a seat's left and right fork, and eats */
function dinner(string $how, Closure $dine, int $killed = 0): void
{
    $table = new Table();
    $pool = Pool::create()->concurrency(SEATS);
    for ($seat = 0; $seat < SEATS; $seat++) {
        $pool["philosopher $seat"] = function () use ($table, $seat, $dine, $killed) {
            for ($meal = 0; $meal < MEALS; $meal++) {
                if ($seat < $killed && $meal === MEALS / 2) {
                    $table->take($seat);
                    posix_kill(getmypid(), SIGKILL);
                }
                $dine($table, $seat, ($seat + 1) % SEATS);
            }
        };
    }
    $died = 0;
    foreach (settle($pool) as $name => $future) {
        $error = $future->error();
        match (true) {
            $error === null => null,
            $error instanceof ProcessDiedException => $died++,
            default => throw $error,
        };
    }
    // A fork that nobody needed since: whoever takes it is told as well.
    array_map(function (int $fork) use ($table) {
        $table->take($fork);
        $table->putBack($fork);
    }, array_keys($table->forks));
    $meals = SEATS * MEALS - $killed * MEALS / 2;
    printf("%s: %d meals, %d died, %d forks were left behind\n", $how, $table->meals->get(), $died, $table->abandoned->get());
    if ($table->wrong->get() !== 0 || $table->meals->get() !== $meals || $died !== $killed || $table->abandoned->get() !== $killed) {
        fwrite(STDERR, "that is wrong\n");
        exit(1);
    }
}

$inOrder = function (Table $table, int $left, int $right): void {
    $table->take(min($left, $right));
    $table->take(max($left, $right));
    $table->eat($left, $right);
};
dinner('the lower number first', $inOrder);

$seats = new Semaphore(SEATS - 1);
dinner('one fewer at the table', fn (Table $table, int $left, int $right) => $seats->synchronized(function () use ($table, $left, $right) {
    $table->take($left);
    $table->take($right);
    $table->eat($left, $right);
}));

dinner('with patience', function (Table $table, int $left, int $right): void {
    while (true) {
        $table->take($left);
        try {
            $table->take($right, 0.001 * random_int(1, 5));
        } catch (TimeoutException) {
            $table->putBack($left);
            continue;
        }
        $table->eat($left, $right);
        return;
    }
});

dinner('and two are killed', $inOrder, 2);
