--TEST--
Code of a result's own class may await while the result is read: others end, its own future is an AsyncError, and every handler runs once
--INI--
async.handlers=anywhere
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

define('ME', getmypid());

final class Row
{
    public static array $said = [];
    public function __serialize(): array { return ['x' => 1]; }
    public function __unserialize(array $data): void
    {
        if (getmypid() === ME) {
            self::$said[] = failure(fn() => await($GLOBALS['future']))::class; // its own
            self::$said[] = failure(fn() => await($GLOBALS['pool'], 20))::class; // which holds it
            self::$said[] = await(async(fn() => 'another'));
            self::$said[] = $GLOBALS['future']->status()->name;
        }
    }
}

$ways = [
    'await' => fn() => await($GLOBALS['future'])::class,
    'settle' => fn() => settle($GLOBALS['pool']) ? 'settled' : '',
    'the counts' => function () {
        $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
        while (!Row::$said && hrtime(true) < $deadline) {
            $GLOBALS['pool']->getQueue();
        }
        return settle($GLOBALS['pool']) ? 'settled' : '';
    },
    'a loop' => function () {
        $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
        while ($GLOBALS['ran'] < 21 && hrtime(true) < $deadline) {
            usleep(1000);
        }
        return settle($GLOBALS['pool']) ? 'settled' : '';
    },
];
foreach ($ways as $way => $wait) {
    foreach ([1, 0] as $tasks) {
        $ran = 0;
        Row::$said = [];
        $count = function () use (&$ran) { $ran++; };
        $pool = Pool::create()->tasksPerChild($tasks)->concurrency(4);
        for ($i = 0; $i < 20; $i++) {
            $pool->add(fn() => $i)->finally($count);
        }
        $gate = new Gate();
        $future = $pool->add(fn() => $gate->pass() ?? new Row())->finally($count);
        $gate->open();
        echo "$way: ", $wait(), ', ';
        settle($pool);
        echo "$ran handlers, ", implode(', ', array_unique(Row::$said)), "\n";
    }
}
?>
--EXPECT--
await: Row, 21 handlers, Async\AsyncError, another, Running
await: Row, 21 handlers, Async\AsyncError, another, Running
settle: settled, 21 handlers, Async\AsyncError, another, Running
settle: settled, 21 handlers, Async\AsyncError, another, Running
the counts: settled, 21 handlers, Async\AsyncError, another, Running
the counts: settled, 21 handlers, Async\AsyncError, another, Running
a loop: settled, 21 handlers, Async\AsyncError, another, Running
a loop: settled, 21 handlers, Async\AsyncError, another, Running
