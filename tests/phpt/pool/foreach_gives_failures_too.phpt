--TEST--
foreach gives failures too, and throws none of them
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = new Pool();
$pool['fails'] = fn() => throw new DomainException('inside');
$pool['dies'] = fn() => exit(1);
$seen = [];
foreach ($pool as $key => $future) {
    $seen[$key] = $future->error()::class;
    failure($future);
}
ksort($seen);
var_dump($seen);
?>
--EXPECT--
array(2) {
  ["dies"]=>
  string(26) "Async\ProcessDiedException"
  ["fails"]=>
  string(15) "DomainException"
}
