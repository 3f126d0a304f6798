--TEST--
The stream of a pool is readable when tick() has work, and not otherwise
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$pool = new Pool();
$pool[] = fn() => $gate->pass();
$stream = $pool->stream();
var_dump(is_resource($stream), get_resource_type($stream));

$readable = function (float $seconds) use ($stream): int {
    $read = [$stream];
    $write = $except = null;
    return stream_select($read, $write, $except, (int) $seconds);
};
var_dump($readable(0));
$gate->open();
$ended = 0;
// Whether the end was handled by an interrupt before this line or not, tick() has to be told of it.
while ($ended === 0 && $readable(PATIENCE) === 1) {
    $ended += $pool->tick();
}
// The process may be on its way out still, which is news, too.
while (posix_kill($pool[0]->pid(), 0) || $readable(0) === 1) {
    $ended += $pool->tick();
}
var_dump($ended, $readable(0), $pool[0]->status());
?>
--EXPECT--
bool(true)
string(6) "stream"
int(0)
int(1)
int(0)
enum(Async\Status::Succeeded)
