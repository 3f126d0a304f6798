--TEST--
At the end of the script all that was given to warm workers is waited for, whether it was begun or not
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$pool = warm(2);
for ($i = 0; $i < 200; $i++) {
    $pool->add(function () use ($i) { usleep(100); return $i; })->then(function (int $i) use (&$sum) { $sum += $i; echo $i === 199 ? "the last\n" : ''; });
}
register_shutdown_function(function () use (&$sum) {
    register_shutdown_function(function () use (&$sum) {
        echo $sum, "\n";
    });
});
exit("exit\n");
?>
--EXPECT--
exit
the last
19900
