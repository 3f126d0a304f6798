--TEST--
A program that outlives its task and keeps its output open delays nobody, and what it printed by then is there (pain 14)
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

$pool = Pool::create()->output(Output::Capture);
$future = $pool->add(function () {
    $program = proc_open('echo $$; exec sleep 1000', [['file', '/dev/null', 'r']], $pipes);
    while (!str_contains((string) @file_get_contents('/proc/' . ($pid = proc_get_status($program)['pid']) . '/cmdline'), "sleep\0001000")) {
        usleep(1000);
    }
    posix_kill(getmypid(), SIGKILL); // proc_open() would wait for it
});
try {
    await($future);
} catch (Async\ProcessDiedException $e) {
    echo $e->signalName, "\n";
}
$pid = (int) $future->output();
var_dump(posix_kill($pid, SIGKILL));
?>
--EXPECT--
SIGKILL
bool(true)
