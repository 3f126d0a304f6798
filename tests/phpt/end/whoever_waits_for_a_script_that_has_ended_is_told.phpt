--TEST--
A script ends whose tasks wait for a message of it, or for room, for each other, or for their own parents; what handlers and other tasks still send arrives before
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

const SCRIPTS = [
    'a task receives' => <<<'PHP'
        async(fn() => says(fn() => channel()->receive()))->start();
        PHP,
    'a loop of a task' => <<<'PHP'
        async(function () { foreach (channel() as $message) echo $message; echo 'over'; })->start();
        PHP,
    'after exit' => <<<'PHP'
        async(fn() => says(fn() => channel()->receive()))->start();
        exit(3);
        PHP,
    'a task sends' => <<<'PHP'
        async(fn() => says(function () { for (;;) channel()->send('x'); }))->start();
        PHP,
    'a task selects' => <<<'PHP'
        async(fn() => says(fn() => key(Async\select(['parent' => channel()]))))->start();
        PHP,
    'warm workers' => <<<'PHP'
        $pool = Pool::create()->concurrency(2)->tasksPerChild(0);
        for ($i = 0; $i < 4; $i++) $pool[] = function () { foreach (channel() as $message); echo 'over '; };
        PHP,
    'several receive' => <<<'PHP'
        $jobs = Channel::create();
        for ($i = 0; $i < 3; $i++) async(function () use ($jobs) { foreach ($jobs as $job) echo "$job "; echo 'over '; })->start();
        $jobs->send('job');
        PHP,
    'a full channel' => <<<'PHP'
        $full = Channel::create(1);
        async(fn() => says(function () use ($full) { for (;;) $full->send('x'); }))->start();
        PHP,
    'a pipeline is emptied' => <<<'PHP'
        [$in, $out] = [Channel::create(), Channel::create()];
        async(function () use ($in, $out) { $sum = 0; foreach ($in as $n) $sum += $n; $out->send($sum); $out->close(); })->start();
        async(function () use ($out) { foreach ($out as $sum) echo "sum $sum"; })->start();
        $in->send(3);
        $in->send(4);
        PHP,
    'a function of map()' => <<<'PHP'
        $never = Channel::create();
        foreach (Pool::create()->concurrency(2)->map([1, 2, 3], fn($n) => $n === 1 ? 1 : $never->receive()) as $one) break;
        PHP,
    'a handler of messages answers' => <<<'PHP'
        $pool = Pool::create()->onMessage(fn($message, $from) => $from->channel()->send("re $message "));
        $pool[] = function () {
            for ($i = 0; $i < 3; $i++) { channel()->send($i); echo channel()->receive(); }
            says(fn() => channel()->receive());
        };
        PHP,
    'a handler sends' => <<<'PHP'
        $late = async(fn() => says(fn() => channel()->receive()));
        $late->start();
        async(fn() => usleep(500_000))->then(fn() => $late->channel()->send('late'));
        PHP,
    'a task that is queued' => <<<'PHP'
        $jobs = Channel::create();
        $pool = Pool::create()->concurrency(1);
        $pool[] = function () use ($jobs) { foreach ($jobs as $job); echo 'over '; };
        $pool[] = function () { echo 'begins'; };
        PHP,
    'another task sends' => <<<'PHP'
        $from = Channel::create();
        async(fn() => says(fn() => $from->receive()))->start();
        async(function () use ($from) { usleep(500_000); $from->send('from a sibling'); })->start();
        PHP,
    'tasks of a task' => <<<'PHP'
        async(function () {
            async(function () { foreach (channel() as $message); echo 'inner '; })->start();
            register_shutdown_function(fn() => print('outer'));
        })->start();
        PHP,
    'a task awaits one that waits' => <<<'PHP'
        $jobs = Channel::create();
        async(function () use ($jobs) {
            await(async(function () use ($jobs) { foreach ($jobs as $job); echo 'inner '; }));
            echo 'outer';
        })->start();
        PHP,
    'a lock of the script' => <<<'PHP'
        $mutex = new Async\Mutex();
        $mutex->acquire();
        async(function () use ($mutex) { $mutex->acquire(); echo 'has it'; })->start();
        PHP,
    'a permit of the script' => <<<'PHP'
        $semaphore = new Async\Semaphore(1);
        $semaphore->acquire();
        async(function () use ($semaphore) { $semaphore->acquire(); echo 'has it'; })->start();
        PHP,
    'a lock of one that waits' => <<<'PHP'
        [$mutex, $has] = [new Async\Mutex(), Channel::create()];
        async(function () use ($mutex, $has) { $mutex->acquire(); $has->send('it'); foreach (channel() as $message); })->start();
        $has->receive();
        async(function () use ($mutex) { $mutex->acquire(); echo 'has it'; })->start();
        PHP,
    'killing' => <<<'PHP'
        ini_set('async.at_exit', 'kill');
        async(fn() => says(fn() => channel()->receive()))->start();
        PHP,
    'an error' => <<<'PHP'
        async(fn() => says(fn() => channel()->receive()))->start();
        throw new Exception();
        PHP,
];
const BEFORE = <<<'PHP'
    use Async\Channel;
    use function Async\channel;
    function says(callable $what)
    {
        try {
            echo $what();
        } catch (Throwable $e) {
            echo $e::class, ': ', preg_replace('~process \d+~', 'process N', $e->getMessage());
        }
    }

    PHP;
foreach (SCRIPTS as $name => $script) {
    echo $name, ': ', php(BEFORE . $script, '-d display_errors=0 -d log_errors=0', '', 'timeout 60');
}
?>
--EXPECT--
a task receives: Async\ChannelClosedException: no message can be received: the script of process N has ended, and all that is left of it waits for each other
exit 0
a loop of a task: over
exit 0
after exit: Async\ChannelClosedException: no message can be received: the script of process N has ended, and all that is left of it waits for each other
exit 3
a task sends: Async\ChannelClosedException: no message can be sent: the script of process N has ended, and all that is left of it waits for each other
exit 0
a task selects: parent
exit 0
warm workers: over over over over
exit 0
several receive: job over over over
exit 0
a full channel: Async\ChannelClosedException: no message can be sent: the script of process N has ended, and all that is left of it waits for each other
exit 0
a pipeline is emptied: sum 7
exit 0
a function of map(): 
exit 0
a handler of messages answers: re 0 re 1 re 2 Async\ChannelClosedException: no message can be received: the script of process N has ended, and all that is left of it waits for each other
exit 0
a handler sends: late
exit 0
a task that is queued: over begins
exit 0
another task sends: from a sibling
exit 0
tasks of a task: inner outer
exit 0
a task awaits one that waits: inner outer
exit 0
a lock of the script: has it
exit 0
a permit of the script: has it
exit 0
a lock of one that waits: has it
exit 0
killing: 
exit 0
an error: 
exit 255
