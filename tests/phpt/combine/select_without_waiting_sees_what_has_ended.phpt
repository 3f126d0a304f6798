--TEST--
select() with a limit of 0 and await() with one see what has ended, also where no interrupt can have told of it
--FILE--
<?php
use Async\Pool;
use function Async\{async, await, select, settle};

require __DIR__ . '/../../support/sync.php';

/** No news of children is taken in at interrupts while a destructor runs. */
final class Polls
{
    public function __construct(private Closure $poll) {}

    public function __destruct()
    {
        ($this->poll)();
    }
}

$stream = Pool::create()->stream();
$polls = [
    'select' => fn($future) => count(select([$future], 0.0)),
    'await' => fn($future) => await($future, 0.0),
];
foreach ($polls as $name => $poll) {
    $gate = new Gate();
    $future = async(function () use ($gate) {
        $gate->pass();
        return 1;
    });
    unset($last);
    $last = new Polls(function () use ($name, $poll, $future, $gate, $stream) {
        $gate->open();
        do {
            $read = [$stream];
            $write = $except = null;
        } while (@stream_select($read, $write, $except, PATIENCE) === false); // a signal, of the notifier
        echo "$name: ", $poll($future), "\n";
    });
    unset($last);
    settle([$future]); // the end of its process would make the stream readable, too
}
echo count(select([async(fn() => sleep(PATIENCE))->finally(fn() => 1)], 0.0)), "\n";
?>
--INI--
async.at_exit=kill
--EXPECT--
select: 1
await: 1
0
