--TEST--
A message of 2 GiB is refused by a receiver whose memory_limit has no room for it, without taking that memory; the next one comes
--INI--
memory_limit=128M
--SKIPIF--
<?php
preg_match('/^MemAvailable:\s+(\d+) kB$/m', file_get_contents('/proc/meminfo'), $available);
if ($available[1] < 4 << 20) { echo 'skip needs 4 GiB of free memory'; }
?>
--FILE--
<?php
use Async\{Channel, ProtocolException};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$channel = Channel::create(2_000); // with room for 8 MiB at a time
$task = async(function () use ($channel): void {
    ini_set('memory_limit', '-1');
    $channel->send(str_repeat('x', 2 << 30));
    $channel->send('next');
});
echo told(fn () => $channel->receive()), "\n";
echo $channel->receive(), "\n";
await($task);
var_dump(memory_get_peak_usage() < 16 << 20);
// The highest that was ever resident, in KiB.
preg_match('/^VmHWM:\s+(\d+)/m', file_get_contents('/proc/self/status'), $found);
var_dump($found[1] < 200 << 10);
?>
--EXPECTF--
Async\%s: a message was received that cannot be read: %s memory_limit %s
next
bool(true)
bool(true)
