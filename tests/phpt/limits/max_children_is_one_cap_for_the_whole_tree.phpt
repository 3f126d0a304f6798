--TEST--
async.max_children is one cap for all pools of all processes: pools in tasks, in handlers, and several at once (pains 29, 45)
--INI--
async.max_children=3
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

/** How many processes do this at the same time, and the most that ever did. */
$file = tempnam(sys_get_temp_dir(), 'async');
$count = function (int $change) use ($file) {
    $tally = fopen($file, 'c+');
    flock($tally, LOCK_EX);
    [$now, $most] = array_map('intval', explode(' ', (fgets($tally) ?: '0') . ' 0'));
    $now += $change;
    rewind($tally);
    fwrite($tally, $now . ' ' . max($now, $most) . "\n");
};
$work = function (int $i) use ($count) {
    $count(1);
    usleep(2000);
    $count(-1);
    return $i;
};
$filled = fn(int $size) => (function () use ($work, $size) {
    $pool = Pool::create()->concurrency(8);
    for ($i = 0; $i < $size; $i++) {
        $pool[] = fn() => $work($i);
    }
    return array_sum(await($pool));
});

$met = function (int $i) use ($count, $file) {
    $count(1);
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while ((int) explode(' ', file_get_contents($file) . ' 0')[1] < 3 && hrtime(true) < $deadline) {
        usleep(200);
    }
    $count(-1);
    return $i;
};

$pools = [];
for ($p = 0; $p < 3; $p++) {
    $pools[$p] = Pool::create()->concurrency(8);
    for ($i = 0; $i < 10; $i++) {
        $pools[$p]["plain $i"] = $p === 0 && $i < 3 ? fn() => $met($i) : fn() => $work($i); // the first three begin together
    }
    $pools[$p]['nested'] = $filled(10);
    $pools[$p]['deep'] = fn() => await(Async\async($filled(10)));
}
$late = new Pool();
$pools[0]['handler'] = Async\async(fn() => 1)->then(function () use ($late, $filled) {
    $late['nested'] = $filled(10);
});
$sum = 0;
foreach ($pools as $pool) {
    $sum += array_sum(await($pool));
}
$sum += await($late)['nested'];
[$now, $most] = explode(' ', trim(file_get_contents($file)));
check('all have come', $sum === 10 * 45 + 1, $sum);
check('never more than three', $most <= 3, $most);
check('three at once', $most == 3, $most);
check('none left', $now === '0', $now);
unlink($file);
?>
--EXPECT--
all have come: yes
never more than three: yes
three at once: yes
none left: yes
