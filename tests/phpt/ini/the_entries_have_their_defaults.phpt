--TEST--
The php.ini entries have their defaults
--FILE--
<?php
$all = ini_get_all('async', false);
foreach (['short_names', 'concurrency', 'timeout', 'kill_grace', 'reseed', 'at_exit', 'notifier', 'unsupported'] as $name) {
    echo $name, ' = ', $all["async.$name"] ?? 'MISSING', "\n";
}
echo json_encode(array_filter(array_keys($all), fn($name) => !str_starts_with($name, 'async.'))), "\n";
?>
--EXPECT--
short_names = 1
concurrency = 0
timeout = 0
kill_grace = 1.0
reseed = 1
at_exit = wait
notifier = thread
unsupported = throw
[]
