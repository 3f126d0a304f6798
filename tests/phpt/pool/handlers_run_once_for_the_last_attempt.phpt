--TEST--
Handlers run once, for the last attempt of a task; foreach gives it once
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/runs.php';

$runs = new Runs();
$pool = Pool::create()->retry(2);
$pool['well'] = fn() => ($n = $runs->count('well')) === 3 ? $n : throw new DomainException("run $n");
$pool['badly'] = fn() => throw new DomainException('run ' . $runs->count('badly'));
foreach ($pool as $key => $future) {
    $said[$key][] = 'foreach';
}
foreach (['well', 'badly'] as $key) {
    $pool[$key]
        ->then(function (int $n) use (&$said) { $said['well'][] = "then $n"; })
        ->catch(function (DomainException $e) use (&$said) { $said['badly'][] = 'catch ' . $e->getMessage(); })
        ->finally(function () use (&$said, $key) { $said[$key][] = 'finally'; });
}
$pool->wait();
echo implode(', ', $said['well']), "\n", implode(', ', $said['badly']), "\n";

// Attached before.
$pool = Pool::create()->retry(2);
$pool[] = fn() => throw new DomainException('run ' . $runs->count('early'));
$pool[0]->catch(function (DomainException $e) { echo 'early: ', $e->getMessage(), "\n"; });
$pool->wait();
?>
--EXPECT--
foreach, then 3, finally
foreach, catch run 3, finally
early: run 3
