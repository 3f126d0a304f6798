--TEST--
With async.mode=sync, and with async.unsupported=sync, maps, warm pools and repeats run in a web server's process: nothing is forked
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

foreach (['mode', 'unsupported'] as $entry) {
    echo web(<<<'PHP'
        $pid = getmypid();
        echo json_encode(Async\map([1, 2], fn($n) => [$n, getmypid() === $pid])), "\n";
        echo json_encode(iterator_to_array(Pool::create()->map(['a' => 1], fn($n) => getmypid() === $pid))), "\n";
        $pool = Pool::create()->tasksPerChild(0)->retry(1, backoff: 0.01)->warm(2);
        $count = 0;
        $pool['a'] = function () use (&$count, $pid) { return $count++ === 0 ? throw new Exception('x') : getmypid() === $pid; };
        echo json_encode(await($pool)), ' ', json_encode(Pool::isSupported()), "\n";
        $pool['waits'] = fn() => throw new Exception('the end of the request waits for its repeat');
        $pool['exits'] = fn() => exit(3);
        PHP, "-d async.$entry=sync -d display_errors=0");
}
?>
--EXPECT--
[[1,true],[2,true]]
{"a":true}
{"a":true} false
[[1,true],[2,true]]
{"a":true}
{"a":true} false
