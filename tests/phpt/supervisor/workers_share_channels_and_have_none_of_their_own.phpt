--TEST--
Workers of a supervisor share a channel that was made before, and may run tasks that talk to them; one of their own they have not
--FILE--
<?php
use Async\{AsyncError, Channel, Restart, Supervisor};
use function Async\{async, channel};

$jobs = Channel::create();
$results = Channel::create();
foreach (range(1, 6) as $job) {
    $jobs->send($job);
}
$jobs->close();
$code = Supervisor::create()
    ->restart(Restart::OnFailure)
    ->add('squares', function () use ($jobs, $results): void {
        foreach ($jobs as $job) {
            // A task of a worker talks to that worker.
            $task = async(fn () => channel()->send($job * $job));
            $results->send($task->channel()->receive());
        }
    }, 2)
    ->add('alone', function () use ($results): void {
        try {
            channel();
        } catch (AsyncError $e) {
            $results->send($e->getMessage());
        }
    })
    ->onEvent(fn () => null) // nothing is logged
    ->run();
$results->close();
$all = iterator_to_array($results);
sort($all);
echo $code, "\n", implode("\n", $all), "\n";
?>
--EXPECT--
0
1
4
9
16
25
36
a supervised worker has no channel of its own: nobody has a future for it; make one by Async\Channel::create() before Supervisor::run()
