<?php

// The ten lines of the README: closures in child processes, their results under the keys that they went in with.

$pool = Pool::create();
foreach (['slow' => 0.4, 'quick' => 0.1] as $name => $seconds) {
    $pool[$name] = async(function () use ($name, $seconds) {
        usleep((int) ($seconds * 1e6));             // any code that blocks or computes
        return strtoupper($name);
    })->then(function (string $result) { echo "$result has ended\n"; });
}
$pool['bad'] = async(fn () => intdiv(1, 0))
    ->catch(fn (DivisionByZeroError $error) => 'failed: ' . $error->getMessage());

$results = await($pool);
print_r($results);

exit($results === ['slow' => 'SLOW', 'quick' => 'QUICK', 'bad' => 'failed: Division by zero'] ? 0 : 1);
