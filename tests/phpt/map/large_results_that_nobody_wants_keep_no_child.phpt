--TEST--
Children that have large results in memory go on when the loop was left, or when an item before them has yet to be run
--FILE--
<?php
use Async\{Pool, ProcessDiedException};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$large = fn(int $i) => str_repeat((string) ($i % 10), 200_000);
for ($i = 0; $i < 10; $i++) {
    $pool = Pool::create()->concurrency(2);
    foreach ($pool->map(range(1, 20), $large) as $value) {
        break;
    }
    for ($n = 0; $n < 4; $n++) {
        $pool[$n] = fn() => $n;
    }
    if (json_encode($pool->wait()) !== '[0,1,2,3]') {
        echo "other values\n";
    }
}

// The only child comes to the rest of a portion, or to the item that is run again, after others.
foreach (['dies' => 0, 'is run again' => 2] as $what => $times) {
    $runs = new Runs();
    $results = Pool::create()->concurrency(1)->retry($times)->map(range(0, 49), function (int $i) use ($large, $runs) {
        return $i === 9 && $runs->count($i) < 3 ? posix_kill(getmypid(), SIGKILL) : ($i < 9 ? $i : $large($i));
    });
    $right = 0;
    $died = [];
    for (; $results->valid(); $results->next()) {
        try {
            $right += (int) in_array($results->current(), [$results->key(), $large($results->key())], true);
        } catch (ProcessDiedException) {
            $died[] = $results->key();
        }
    }
    echo "$what: $right right, died ", json_encode($died), "\n";
}
?>
--EXPECT--
dies: 49 right, died [9]
is run again: 50 right, died []
