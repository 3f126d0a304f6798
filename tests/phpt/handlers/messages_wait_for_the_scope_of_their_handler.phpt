--TEST--
A handler of messages runs where other handlers do: not in the middle of other code, with backpressure until then; and where its pool says
--FILE--
<?php
use Async\{Handlers, Pool};
use function Async\{async, await, channel};

$file = tempnam(sys_get_temp_dir(), 'sent');
$task = function () use ($file): void {
    for ($i = 1; $i <= 1000; $i++) {
        channel()->send($i);
        if ($i === 10) {
            file_put_contents($file, 'x');
        }
    }
};

/** Code that knows nothing of the handler. */
function elsewhere(string $file, ?int &$count): int
{
    $before = $count; // some may have come between add() and this call
    while (file_get_contents($file) === '') {
    }
    for ($until = microtime(true) + 0.05; microtime(true) < $until;) {
    }
    return $count - $before;
}

foreach ([null, Handlers::Anywhere, Handlers::Await] as $where) {
    file_put_contents($file, '');
    $count = 0;
    $pool = Pool::create();
    if ($where !== null) {
        $pool->handlers($where);
    }
    $register = function () use ($pool, &$count): void {
        $pool->onMessage(function () use (&$count): void {
            $count++;
        });
    };
    $register();
    $ended = 0;
    $pool->add($task)->then(function () use (&$ended, &$count): void {
        $ended = $count;
    });
    $during = elsewhere($file, $count);
    echo $where?->name ?? 'Scope', ': ', $during > 0 ? 'some' : 'none', ' elsewhere, ';
    await($pool);
    echo $count, ', then after ', $ended, "\n";
}
unlink($file);
?>
--EXPECT--
Scope: none elsewhere, 1000, then after 1000
Anywhere: some elsewhere, 1000, then after 1000
Await: none elsewhere, 1000, then after 1000
