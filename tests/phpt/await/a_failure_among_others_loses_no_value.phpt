--TEST--
A failure among others loses no value (pain 6)
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
foreach (['a', 'b', 'c'] as $key) {
    $pool[$key] = fn() => $key === 'b' ? throw new DomainException($key) : $key;
}
echo told(fn() => await($pool)), "\n";
echo await($pool['a']), await($pool['c']), "\n";
?>
--EXPECT--
DomainException: b
ac
