--TEST--
A failure that was awaited, caught, settled or cancelled is no warning
--FILE--
<?php
use function Async\{async, await, settle};

require __DIR__ . '/../../support/sync.php';

failure(async(fn() => throw new DomainException('awaited')));
failure(fn() => await([async(fn() => throw new DomainException('first')), async(fn() => throw new DomainException('second'))]));
await(async(fn() => throw new DomainException('caught'))->catch(fn() => null));
settle([async(fn() => throw new DomainException('settled'))]);
$looked = async(fn() => throw new DomainException('looked at'));
ended($looked->pid());
while ($looked->error() === null);
unset($looked);
$cancelled = async(fn() => (new Gate())->never());
$cancelled->cancel();
unset($cancelled);
$timedOut = async(fn() => (new Gate())->never())->timeout(0.05);
failure($timedOut);
unset($timedOut);
gc_collect_cycles();
echo "silence\n";
?>
--EXPECT--
silence
