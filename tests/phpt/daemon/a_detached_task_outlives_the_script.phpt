--TEST--
detach(): a task in a process that outlives the script, in a session of its own, with a log; what it throws is in the log, and what it exits with is its own business
--FILE--
<?php
use function Async\detach;

require __DIR__ . '/../../support/sync.php';

$log = tempnam(sys_get_temp_dir(), 'async');
$gate = sys_get_temp_dir() . '/async-gate-' . getmypid();
posix_mkfifo($gate, 0600);

// The script ends at once, and so does its shell; the task writes down what it sees after that.
$script = new Script('
    $bound = "bound";
    register_shutdown_function(fn () => print("shutdown\n"));
    $pid = Async\detach(function () use ($bound) {
        fopen("' . $gate . '", "r"); // until somebody opens it, too
        echo "$bound, session leader: ", json_encode(posix_getsid(0) === getmypid()), ", parent: ", posix_getppid() === ' . getmypid() . ' ? "the test" : "another", "\n";
        file_put_contents("php://stderr", "to stderr\n");
        echo "in it: ", Async\await(Async\async(fn () => "a task")), "\n";
        register_shutdown_function(fn () => print("its own shutdown\n"));
    }, "' . $log . '");
    echo "$pid\n";
');
$pid = (int) $script->line();
echo $script->rest(), 'exit ', $script->end(), ', alive: ', json_encode(alive($pid)), "\n";
fopen($gate, 'w');
ended($pid);
echo file_get_contents($log);

echo "what goes wrong:\n";
foreach ([
    fn () => throw new DomainException('of its own'),
    fn () => exit(3),
    fn () => eval('interface I { private function f(); }'),
    new class implements Async\Task { public function run(): mixed { echo "a Task\n"; return null; } },
] as $task) {
    file_put_contents($log, '');
    ended(detach($task, $log));
    echo preg_replace(['/\[[\dTZ:-]+\]/', '/task \d+/', '~ in /.*:\d+~'], ['[TIME]', 'task N', ' in FILE'], file_get_contents($log)), "--\n";
}
foreach ([
    fn () => detach('no such'), fn () => detach(fn () => 1, '/no/such/folder/log'), fn () => detach(fn () => 1, ''), fn () => detach(),
] as $wrong) {
    echo told($wrong), "\n";
}
ended(detach(fn () => print('to nobody')));
array_map(unlink(...), [$log, $gate]);
?>
--EXPECT--
shutdown
exit 0, alive: true
bound, session leader: false, parent: another
to stderr
in it: a task
its own shutdown
what goes wrong:
[TIME] detached task N: Uncaught DomainException: of its own
--
--
[TIME] detached task N: Access type for interface method I::f() must be public in FILE
--
a Task
--
TypeError: Async\detach(): Argument #1 ($task) must be a valid callback, function "no such" not found or invalid function name
Async\SupervisorException: the script cannot go on in the background: the log /no/such/folder/log cannot be opened: No such file or directory (os error 2)
ValueError: Async\detach(): Argument #2 ($log) must not be empty
ArgumentCountError: Async\detach() expects at least 1 argument, 0 given
