--TEST--
A child neither uses nor closes the persistent connections that wait in its parent, and has a /proc/self of its own
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$server = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($server, false), ':'), 1);
$connect = fn() => stream_socket_get_name(pfsockopen('127.0.0.1', $port), false);
$own = $connect();
check('the parent finds it again', $connect() === $own);
$proc = realpath('/proc/self');
is_dir('/proc/self/fd');
foreach ([1, 0] as $tasks) {
    $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
    for ($i = 0; $i < 2; $i++) {
        $pool[] = fn() => [$connect() !== $own && $connect() === $connect(), realpath('/proc/self') === '/proc/' . getmypid(), realpath('/proc/self/fd') === '/proc/' . getmypid() . '/fd'];
    }
    echo json_encode($pool->wait()), "\n";
}
echo json_encode(iterator_to_array(Pool::create()->map([1], fn() => $connect() !== $own))), "\n";
check('the parent still has it', $connect() === $own);
check('and its own folder', realpath('/proc/self') === $proc);
fclose(pfsockopen('127.0.0.1', $port));
?>
--EXPECT--
the parent finds it again: yes
[[true,true,true],[true,true,true]]
[[true,true,true],[true,true,true]]
[true]
the parent still has it: yes
and its own folder: yes
