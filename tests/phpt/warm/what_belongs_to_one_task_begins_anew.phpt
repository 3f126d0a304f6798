--TEST--
Output, its buffers, the last error, the peak of memory and the time limit are one task's own: the next one begins anew
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = warm();
$tasks = [
    'output' => function () { echo '[one]'; },
    'a buffer left open' => function () { ob_start(fn($text) => strtoupper($text)); echo '[two]'; ob_start(); echo '[three]'; },
    'the next one' => fn() => ob_get_level(),
    'an error' => function () { @trigger_error('quiet'); return error_get_last()['message']; },
    'the next one ' => fn() => error_get_last(),
    'memory' => fn() => strlen(str_repeat('x', 50_000_000)) < memory_get_peak_usage(),
    'the next one  ' => fn() => memory_get_peak_usage() < 50_000_000,
    'a time limit' => function () { set_time_limit(1); },
    'the next one   ' => function () {
        for ($end = hrtime(true) + 1_300_000_000; hrtime(true) < $end;);
        return 'in time';
    },
];
foreach ($tasks as $name => $task) {
    echo "$name: ", sent($pool, $task), "\n";
}
?>
--EXPECT--
output: [one]null (Sent)
a buffer left open: [TWO][THREE]null (Sent)
the next one: 0 (Sent)
an error: "quiet" (Sent)
the next one : null (Sent)
memory: true (Sent)
the next one  : true (Sent)
a time limit: null (Sent)
the next one   : "in time" (Sent)
