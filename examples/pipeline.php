<?php

// A pipeline of processes: one makes orders, three price them, one adds them up. Channels are between the stages, and
// hold back a stage that is faster than the next one. It checks its own sums.
//
// usage: php -d extension=/path/to/libasync.so examples/pipeline.php

declare(strict_types=1);

use Async\Channel;

use function Async\{async, await};

const ORDERS = 2000;
const PRICERS = 3;

/** What a real one would look up. */
function price(int $order): int
{
    return $order * 7 % 100;
}

[$orders, $priced] = [Channel::create(32), Channel::create(32)];

$source = async(function () use ($orders): void {
    for ($order = 1; $order <= ORDERS; $order++) {
        $orders->send(['order' => $order]);
    }
    $orders->close(); // the pricers' loops end when it is empty
});
$pricers = [];
for ($i = 0; $i < PRICERS; $i++) {
    $pricers[] = async(function () use ($orders, $priced): int {
        $done = 0;
        foreach ($orders as ['order' => $order]) {
            $priced->send(['order' => $order, 'price' => price($order)]);
            $done++;
        }
        return $done;
    });
}
$sums = async(function () use ($priced): array {
    [$count, $sum] = [0, 0];
    foreach ($priced as ['price' => $price]) {
        $count++;
        $sum += $price;
    }
    return [$count, $sum];
});

await($source);
$done = await($pricers);
$priced->close();
[$count, $sum] = await($sums);
printf("%d orders, %d in all, priced by %d processes\n", $count, $sum, count($done));

$expected = array_sum(array_map(price(...), range(1, ORDERS)));
if ($count !== ORDERS || $sum !== $expected || array_sum($done) !== ORDERS) {
    fwrite(STDERR, "the sums are wrong\n");
    exit(1);
}
