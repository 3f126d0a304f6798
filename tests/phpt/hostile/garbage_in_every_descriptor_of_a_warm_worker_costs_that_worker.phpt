--TEST--
A task that writes garbage to every descriptor of a warm worker fails or has its value; the pool goes on
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$inherited = scandir('/proc/self/fd');
$litter = function () use ($inherited) {
    foreach (array_diff(scandir('/proc/self/fd'), $inherited) as $fd) {
        $stream = @fopen("php://fd/$fd", 'r+');
        if ($stream) {
            stream_set_blocking($stream, false);
            @fwrite($stream, "\xFE" . str_repeat("\xFF", 7)); // as a number it fills a counter
        }
    }
};
$pool = Pool::create()->concurrency(1)->tasksPerChild(0);
for ($i = 0; $i < 5; $i++) {
    $e = failure(fn() => await($pool->add($litter), PATIENCE));
    $e === null || $e instanceof Async\ProtocolException or print("$e\n");
    await($pool->add(fn() => usleep(5000)), PATIENCE); // its parent sleeps by then
}
echo "done\n";
?>
--EXPECT--
done
