--TEST--
A task that writes a result by itself and stays has given that value, and keeps no slot: it is ended
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$inherited = scandir('/proc/self/fd');
$pool = Pool::create()->concurrency(1);
$pool['forged'] = function () use ($inherited) {
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
$pool['after'] = fn() => 'fine';
$pid = $pool['forged']->pid();
var_dump(await($pool));
ended($pid);
?>
--EXPECT--
array(2) {
  ["forged"]=>
  bool(true)
  ["after"]=>
  string(4) "fine"
}
