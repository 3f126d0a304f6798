--TEST--
Wrong arguments and wrong use of a supervisor are told as PHP core would
--FILE--
<?php
use Async\{Restart, Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$new = fn () => Supervisor::create();
$f = fn () => null;
foreach ([
    fn () => $new()->workers(0), fn () => $new()->workers(-1), fn () => $new()->workers('0%'), fn () => $new()->workers('many'),
    fn () => $new()->workers([]), fn () => $new()->workers('10%')->workers('200%')->workers('3')->workers(2) && print("fine\n"),
    fn () => $new()->add('', $f), fn () => $new()->add('a', $f)->add('a', $f), fn () => $new()->add('a', 'no such'),
    fn () => $new()->add('a', $f, 0), fn () => $new()->add('a', 5), fn () => $new()->bootstrap('/no/such/file.php'),
    fn () => $new()->bootstrap(5), fn () => $new()->restart(1), fn () => $new()->restart(Restart::Always, -1),
    fn () => $new()->restart(Restart::Always, 1, NAN), fn () => $new()->restart(Restart::Always, limit: 0),
    fn () => $new()->restart(Restart::Always, jitter: 2), fn () => $new()->recycle(0), fn () => $new()->recycle(null, 0.0),
    fn () => $new()->recycle(bytes: -1), fn () => $new()->grace(-1), fn () => $new()->grace(INF), fn () => $new()->heartbeat(0),
    fn () => $new()->health(''), fn () => $new()->onEvent(5), fn () => $new()->scale('a', 1), fn () => $new()->add('a', $f)->scale('a', -1),
    fn () => $new()->run(), fn () => $new()->run(5), fn () => $new()->add('worker', $f)->run($f),
    fn () => new Worker(), fn () => clone $new(), fn () => serialize($new()),
] as $wrong) {
    echo told($wrong), "\n";
}

echo "while it runs:\n";
$supervisor = Supervisor::create()->add('w', function (Worker $worker) use (&$supervisor) {
    echo told(fn () => $supervisor->run()), "\n", told(fn () => $supervisor->scale('w', 2)), "\n", told(fn () => $supervisor->onEvent(null)), "\n";
    foreach ([-1.0, NAN, 'soon'] as $seconds) {
        echo told(fn () => $worker->sleep($seconds)), "\n";
    }
    echo told(fn () => $worker->onStop('no such')), "\n", told(fn () => $worker->job(1)), "\n";
    var_dump($worker->id(), $worker->name(), $worker->sleep(0));
});
$supervisor->onEvent(function ($level, $message, $context) use ($supervisor) {
    if ($context['event'] === 'returned') {
        echo told(fn () => $supervisor->run()), "\n", told(fn () => $supervisor->grace(1)), "\n", told(fn () => Supervisor::create()->run(fn () => 1)), "\n";
    }
});
var_dump($supervisor->run());
ini_set('async.mode', 'sync');
echo told(fn () => $supervisor->run()), "\n";
?>
--EXPECT--
ValueError: Async\Supervisor::workers(): Argument #1 ($workers) must be a number of workers greater than 0, or a share of the usable CPUs such as "75%"
ValueError: Async\Supervisor::workers(): Argument #1 ($workers) must be a number of workers greater than 0, or a share of the usable CPUs such as "75%"
ValueError: Async\Supervisor::workers(): Argument #1 ($workers) must be a number of workers greater than 0, or a share of the usable CPUs such as "75%"
ValueError: Async\Supervisor::workers(): Argument #1 ($workers) must be a number of workers greater than 0, or a share of the usable CPUs such as "75%"
TypeError: Async\Supervisor::workers(): Argument #1 ($workers) must be of type string|int, array given
fine
nothing thrown
ValueError: Async\Supervisor::add(): Argument #1 ($name) must not be empty
ValueError: Async\Supervisor::add(): Argument #1 ($name) must be a name that no other worker has
TypeError: Async\Supervisor::add(): Argument #2 ($worker) must be a valid callback, function "no such" not found or invalid function name
ValueError: Async\Supervisor::add(): Argument #3 ($workers) must be a number of workers greater than 0, or a share of the usable CPUs such as "75%"
TypeError: Async\Supervisor::add(): Argument #2 ($worker) must be of type Async\Task|callable, int given
TypeError: Async\Supervisor::bootstrap(): Argument #1 ($bootstrap) must be a valid callback or a file, there is no file "/no/such/file.php"
TypeError: Async\Supervisor::bootstrap(): Argument #1 ($bootstrap) must be a valid callback or a file, no array or string given
TypeError: Async\Supervisor::restart(): Argument #1 ($restart) must be of type Async\Restart, int given
ValueError: Async\Supervisor::restart(): Argument #2 ($backoff) must be greater than or equal to 0
ValueError: Async\Supervisor::restart(): Argument #3 ($maxBackoff) must be finite
ValueError: Async\Supervisor::restart(): Argument #4 ($limit) must be greater than or equal to 1
ValueError: Async\Supervisor::restart(): Argument #6 ($jitter) must be between 0 and 1
ValueError: Async\Supervisor::recycle(): Argument #1 ($jobs) must be greater than or equal to 1
ValueError: Async\Supervisor::recycle(): Argument #2 ($seconds) must be greater than 0
ValueError: Async\Supervisor::recycle(): Argument #3 ($bytes) must be greater than or equal to 1
ValueError: Async\Supervisor::grace(): Argument #1 ($seconds) must be greater than or equal to 0
ValueError: Async\Supervisor::grace(): Argument #1 ($seconds) must be finite
ValueError: Async\Supervisor::heartbeat(): Argument #1 ($seconds) must be greater than 0
ValueError: Async\Supervisor::health(): Argument #1 ($path) must not be empty
TypeError: Async\Supervisor::onEvent(): Argument #1 ($fn) must be a valid callback or null, no array or string given
ValueError: Async\Supervisor::scale(): Argument #1 ($name) must be the name of a worker
ValueError: Async\Supervisor::scale(): Argument #2 ($workers) must be greater than or equal to 0
Async\AsyncError: a supervisor needs workers: give one to run(), or add() some before
TypeError: Async\Supervisor::run(): Argument #1 ($worker) must be of type Async\Task|callable|null, int given
ValueError: Async\Supervisor::run(): Argument #1 ($worker) must be null: there is a worker of the name "worker" already
Error: Call to private Async\Worker::__construct() from global scope
Error: Trying to clone an uncloneable object of class Async\Supervisor
Exception: Serialization of 'Async\Supervisor' is not allowed
while it runs:
Async\AsyncError: a supervisor that runs, here or in a parent process, cannot be run again or changed, but for scale() and onEvent()
Async\AsyncError: this supervisor belongs to the parent process: a worker cannot change it
Async\AsyncError: this supervisor belongs to the parent process: a worker cannot change it
ValueError: Async\Worker::sleep(): Argument #1 ($seconds) must be greater than or equal to 0
ValueError: Async\Worker::sleep(): Argument #1 ($seconds) must be greater than or equal to 0
TypeError: Async\Worker::sleep(): Argument #1 ($seconds) must be of type float, string given
TypeError: Async\Worker::onStop(): Argument #1 ($fn) must be a valid callback, function "no such" not found or invalid function name
ArgumentCountError: Async\Worker::job() expects exactly 0 arguments, 1 given
int(1)
string(1) "w"
bool(true)
Async\AsyncError: a supervisor that runs, here or in a parent process, cannot be run again or changed, but for scale() and onEvent()
Async\AsyncError: a supervisor that runs, here or in a parent process, cannot be run again or changed, but for scale() and onEvent()
Async\AsyncError: a supervisor runs in this process already, and the signals are for that one
int(0)
Async\AsyncError: a supervisor needs processes, and async.mode=sync, or async.unsupported=sync, says that there are none