--TEST--
A task that has ended can be added to a pool, and is one of those that have ended there
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->concurrency(1);
$value = async(fn() => 'value');
$failure = async(fn() => throw new DomainException('thrown'));
$handled = async(fn() => throw new DomainException('handled'))->catch(fn(DomainException $e) => $e->getMessage());
$large = async(fn() => str_repeat('x', 1 << 20));
await([$value, $handled]);
told(fn() => await($failure));
ended($large->pid() ?? 0); // nobody has looked at its value
foreach (compact('value', 'failure', 'handled', 'large') as $key => $future) {
    $pool[$key] = $future;
}
$pool['after'] = fn() => 'after';
foreach ($pool as $key => $future) {
    $seen[] = $key;
}
sort($seen);
echo implode(' ', $seen), "\n", $pool->status(), "\n";
echo told(fn() => await($pool)), "\n";
unset($pool['failure']);
echo implode(' ', array_map(fn(string $value) => substr($value, 0, 8), await($pool))), "\n";
?>
--EXPECT--
after failure handled large value
queue: 0 - finished: 3 - failed: 2 - timeout: 0
task "failure" failed with DomainException: thrown
task "handled" failed with DomainException: handled
DomainException: thrown
value handled xxxxxxxx after
