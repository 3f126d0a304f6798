<?php

// The parent works on while its children run, and is notified of each as it ends: a handler runs between two statements of
// the parent's own loop, without a call of await().

declare(strict_types=1);

use function Async\{async, await};

$started = hrtime(true);
$elapsed = fn (): float => (hrtime(true) - $started) / 1e9;

$ended = [];
$reports = [];
foreach (['invoices' => 0.3, 'orders' => 0.2, 'stock' => 0.1] as $name => $seconds) {
    // Without a pool a task starts at once.
    $reports[$name] = async(function () use ($name, $seconds) {
        usleep((int) ($seconds * 1e6));                     // a query that takes its time
        return "$name.csv";
    })->then(function (string $file) use (&$ended, $elapsed) {
        $ended[] = $file;
        printf("%.2f s: %s is there\n", $elapsed(), $file);
    });
}

// The parent's own work: the primes below a bound that rises until every child has reported.
$primes = [];
for ($n = 2; count($ended) < count($reports) && $elapsed() < 30; $n++) {
    for ($i = 0; isset($primes[$i]) && $primes[$i] ** 2 <= $n; $i++) {
        if ($n % $primes[$i] === 0) {
            continue 2;
        }
    }
    $primes[] = $n;
}
printf("%.2f s: %s primes found in the meantime\n", $elapsed(), number_format(count($primes)));

$files = await($reports);
echo 'in the order they were asked for: ', implode(', ', $files), "\n";

if (count($ended) !== 3) {
    fwrite(STDERR, "only these had ended during the work: " . implode(', ', $ended) . "\n");
    exit(1);
}
exit($files === ['invoices' => 'invoices.csv', 'orders' => 'orders.csv', 'stock' => 'stock.csv'] ? 0 : 1);
