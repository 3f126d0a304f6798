--TEST--
A process that dies before its large result was fetched: its end is told as it was, whether it has been reaped meanwhile or not
--EXTENSIONS--
pcntl
posix
--FILE--
<?php
use Async\{Pool, ProcessDiedException};

require __DIR__ . '/../../support/sync.php';

function large(): string
{
    return str_repeat('x', 4 << 20);
}

function told_of(callable $get): string
{
    try {
        return get_debug_type($get());
    } catch (ProcessDiedException $e) {
        return preg_replace('/^.*\b(?=was killed|ended)/s', '', $e->getMessage());
    }
}

/** Handlers, and what comes with them, have to wait: no outcome is looked at in a destructor. */
final class Moment
{
    public function __construct(private Closure $do) {}
    public function __destruct() { ($this->do)(); }
}

foreach ([1, 0] as $stay) {
    $notes = new Notes();
    new Moment(function () use ($stay, $notes) {
        $pool = Pool::create()->concurrency(1)->tasksPerChild($stay);
        $future = $pool->add(function () use ($notes) {
            $notes->write((string) getmypid());
            return large();
        });
        $pid = (int) $notes->next();
        in_state($pid, 'S');
        posix_kill($pid, SIGKILL);
        in_state($pid, 'Z');
        echo "tasksPerChild($stay): ", told_of($future->await(...)), "\n";
    });
}
$map = fn(Notes $notes) => Pool::create()->concurrency(1)->map([1, 2], function (int $n) use ($notes) {
    $notes->write((string) getmypid());
    return large();
});
new Moment(function () use ($map) {
    $results = $map($notes = new Notes());
    $pid = (int) $notes->next();
    in_state($pid, 'S');
    posix_kill($pid, SIGKILL);
    in_state($pid, 'Z');
    echo 'map, not reaped: ', told_of($results->current(...)), "\n";
});
$results = $map($notes = new Notes());
$pid = (int) $notes->next();
in_state($pid, 'S');
posix_kill($pid, SIGKILL);
for ($deadline = hrtime(true) + PATIENCE * 1_000_000_000; posix_kill($pid, 0) && hrtime(true) < $deadline;) {
    usleep(1000); // the parent reaps it
}
echo 'map, reaped: ', told_of($results->current(...)), "\n";
?>
--EXPECT--
tasksPerChild(1): was killed by signal 9 (SIGKILL) while it wrote its result
tasksPerChild(0): was killed by signal 9 (SIGKILL) while it wrote its result
map, not reaped: was killed by signal 9 (SIGKILL) while it wrote its result
map, reaped: was killed by signal 9 (SIGKILL) while it wrote its result
