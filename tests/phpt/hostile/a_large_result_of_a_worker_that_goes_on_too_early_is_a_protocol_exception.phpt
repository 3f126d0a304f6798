--TEST--
A worker that goes on before its large result was fetched, as somebody has written over the memory that it shares with its parent, fails that task: nothing else is read in its place
--EXTENSIONS--
ffi
pcntl
posix
--FILE--
<?php
use Async\{Pool, ProtocolException};
use function Async\await;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/scribble.php';

/** Where the words of a result ring are that this needs, in bytes from its beginning. */
const WAITING = 128;
const RELEASED = 384;

/** Makes the worker that forks it go on as soon as that keeps something for its parent. */
function let_go_too_early(Gate $gone): void
{
    if (pcntl_fork() !== 0) {
        return;
    }
    $ring = (new Scribbler())->smallest(65536);
    $c = FFI::cdef();
    [$waiting, $released] = [$c->cast('uint32_t *', $ring + WAITING), $c->cast('uint32_t *', $ring + RELEASED)];
    pcntl_alarm(PATIENCE);
    while ($waiting[0] !== 1) {
        usleep(100);
    }
    $released[0] = $released[0] + 1;
    while ($released[0] !== $released[1]) { // the second one says how often the worker has gone on
        usleep(100);
    }
    $gone->open();
    posix_kill(getmypid(), SIGKILL);
}

$results = [
    'a string' => fn() => str_repeat('s', 100_000),
    'an array that is read in chunks' => fn() => [str_repeat('a', 5_000_000)],
    'an exception' => fn() => throw new Exception(str_repeat('e', 100_000)),
];
foreach ($results as $what => $result) {
    $gone = new Gate();
    $pool = Pool::create()->concurrency(1)->tasksPerChild(0);
    $future = $pool->add(function () use ($result, $gone) {
        let_go_too_early($gone);
        in_state(posix_getppid(), 'S'); // nothing is fetched while the parent is inside a system call
        return $result();
    });
    $gone->pass();
    try {
        await($future);
        echo "$what was given\n";
    } catch (ProtocolException $e) {
        echo str_contains($e->getMessage(), 'somebody has written') ? '' : $e->getMessage(), "$what: told\n";
    }
    check('the worker goes on', strlen(await($pool->add(fn() => str_repeat('x', 100_000)))) === 100_000);
}
?>
--EXPECT--
a string: told
the worker goes on: yes
an array that is read in chunks: told
the worker goes on: yes
an exception: told
the worker goes on: yes
