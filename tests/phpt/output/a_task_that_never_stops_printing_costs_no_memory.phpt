--TEST--
A task that never stops printing is ended by its time limit, costs the parent no more than the limit, and keeps what it said first (pain 14)
--SKIPIF--
<?php if (getenv('USE_TRACKED_ALLOC')) { die('skip AddressSanitizer takes memory of its own, and keeps what is freed'); } ?>
--FILE--
<?php
use Async\{Output, Pool, TimeoutException};

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/memory.php';

$printed = new Notes();
$pool = Pool::create()->output(Output::Capture);
$future = $pool->add(function () use ($printed) {
    echo "first\n";
    for ($i = 0; true; $i++) {
        echo str_repeat('x', 65536);
        if ($i === 512) {
            $printed->write('32 MiB');
        }
    }
});
// More than what is kept goes by before the time begins to matter.
[$grown, $e] = peak(function () use ($future, $printed) {
    $reader = (fn() => $this->inner)->call($printed);
    $w = $x = null;
    while (($r = [$reader]) && !stream_select($r, $w, $x, 0)) {
    }
    return failure($future->timeout(0.05));
});
echo $e::class, ' ', substr($future->output(), 0, 6);
check('cut', str_contains($future->output(), 'bytes cut by async.max_output=1048576'));
check('bounded', $grown < 16 << 20, $grown);
?>
--EXPECT--
Async\TimeoutException first
cut: yes
bounded: yes
