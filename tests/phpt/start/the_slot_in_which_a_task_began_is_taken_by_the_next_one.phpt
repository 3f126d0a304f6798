--TEST--
The slot in which a task began that was added to a pool is taken by the next one, while the parent works
--INI--
async.concurrency=1
--FILE--
<?php
use Async\{Pool, Status};
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$first = async(fn() => $gate->pass())->start();
$pool = new Pool();
$pool['first'] = $first;
$second = async(fn() => 'second');
var_dump($second->status());
$gate->open();
$deadline = hrtime(true) + PATIENCE * 1_000_000_000;
while ($second->status() === Status::Queued && hrtime(true) < $deadline) {
    $pool->tick();
}
var_dump($second->status() !== Status::Queued);
?>
--EXPECT--
enum(Async\Status::Queued)
bool(true)
