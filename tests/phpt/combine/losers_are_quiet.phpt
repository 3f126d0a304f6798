--TEST--
What any() and race() have cancelled, or were asked about, is no warning, and leaves no process
--FILE--
<?php
use Async\Pool;
use function Async\{any, async, race};

require __DIR__ . '/../../support/sync.php';

set_error_handler(function (int $level, string $message) {
    echo "told: $message\n";
    return true;
});
[$gate, $closed] = [new Gate(), new Gate()];
$pids = new Notes();
foreach (['any' => any(...), 'race' => race(...)] as $name => $first) {
    $running = function () use ($closed, $pids) {
        $pids->write(getmypid());
        $closed->never();
    };
    $futures = [async($running), async($running), async(function () use ($gate) { $gate->pass(); return 'value'; })];
    $ids = [(int) $pids->next(), (int) $pids->next()];
    $gate->open();
    echo $name, ' ', $first($futures), "\n";
    unset($futures);
    ended(...$ids);
    Pool::create()->tick();
}
$futures = [async(fn() => throw new DomainException('lost')), async(fn() => 'value')];
Async\settle($futures);
echo any($futures), "\n";
unset($futures);
any([async(fn() => 1), Pool::create()->add(fn() => $closed->never())]);
gc_collect_cycles();
echo "quiet\n";
?>
--EXPECT--
any value
race value
value
quiet
