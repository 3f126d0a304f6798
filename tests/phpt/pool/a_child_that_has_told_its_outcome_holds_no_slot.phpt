--TEST--
A child that has told its outcome holds no slot, though no more of them than there are slots may be about
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$inherited = scandir('/proc/self/fd');
// Tells its outcome by itself, and stays until it is made to end.
$stays = function () use ($inherited) {
    $frame = pack('VCCvP', 0xA57C0F01, 1, 1, 0, 1) . "\xC3" . pack('V', 0x5A83F0FE);
    foreach (array_diff(scandir('/proc/self/fd'), $inherited) as $fd) {
        if (str_starts_with((string) @readlink("/proc/self/fd/$fd"), 'pipe:')) {
            file_put_contents("php://fd/$fd", $frame);
        }
    }
    while (true) {
        sleep(60);
    }
};
$parent = getmypid();
$children = fn() => count(array_filter(explode(' ', trim(file_get_contents("/proc/$parent/task/$parent/children")))));
$counts = [];
$pool = Pool::create()->concurrency(1)->onFork(parent: function () use ($children, &$counts) {
    $counts[] = $children();
});
$pool[] = $stays;
$pool[] = $stays;
$pool[] = fn() => 1;
await($pool);
// At the fork of the second the first is there, and has no slot; with both of them there is no room for the third, which
// may come when both have been made to end.
check('counted at each fork', array_slice($counts, 0, 2) === [1, 2] && in_array($counts[2], [1, 2], true) && count($counts) === 3, $counts);
?>
--EXPECT--
counted at each fork: yes
