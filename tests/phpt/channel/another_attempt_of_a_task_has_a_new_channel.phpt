--TEST--
A task that is run again finds its channel empty, and closed if its parent had closed it; what earlier attempts have sent stays
--FILE--
<?php
use Async\Pool;
use function Async\{await, channel};

$file = tempnam(sys_get_temp_dir(), 'attempt');
foreach (['isolated' => Pool::create(), 'warm' => Pool::create()->concurrency(1)->tasksPerChild(0)] as $kind => $pool) {
    file_put_contents($file, '');
    $pool->retry(2);
    $future = $pool->add(function () use ($file): string {
        file_put_contents($file, 'x', FILE_APPEND);
        clearstatcache();
        $attempt = filesize($file);
        channel()->send("attempt $attempt begins");
        while (count(channel()) < 2) {
            usleep(100);
        }
        $got = channel()->receive();
        channel()->send("attempt $attempt got $got");
        if ($attempt < 3) {
            throw new Exception("attempt $attempt");
        }
        return "attempt $attempt";
    });
    $channel = $future->channel();
    foreach ($channel as $message) {
        echo $kind, ': ', $message, "\n";
        if (preg_match('~^attempt (\d) begins~', $message, $match)) {
            // The second of these is for nobody.
            $channel->send("answer $match[1]");
            $channel->send('left over');
        }
    }
    echo await($future), "\n";

    $future = $pool->add(function () use ($file): int {
        file_put_contents($file, 'x', FILE_APPEND);
        $jobs = iterator_to_array(channel());
        channel()->send(implode(' ', $jobs));
        clearstatcache();
        return filesize($file) < 5 ? throw new Exception('again') : count($jobs);
    });
    $future->channel()->send('job');
    $future->channel()->close();
    echo await($future), ' [', implode('] [', iterator_to_array($future->channel())), "]\n";
}
unlink($file);
?>
--EXPECT--
isolated: attempt 1 begins
isolated: attempt 1 got answer 1
isolated: attempt 2 begins
isolated: attempt 2 got answer 2
isolated: attempt 3 begins
isolated: attempt 3 got answer 3
attempt 3
0 [job] []
warm: attempt 1 begins
warm: attempt 1 got answer 1
warm: attempt 2 begins
warm: attempt 2 got answer 2
warm: attempt 3 begins
warm: attempt 3 got answer 3
attempt 3
0 [job] []
