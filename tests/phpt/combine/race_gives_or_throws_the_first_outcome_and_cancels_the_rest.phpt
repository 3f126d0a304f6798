--TEST--
race() gives or throws the first outcome, and cancels the rest
--FILE--
<?php
use function Async\{async, race, settle};

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
$states = function (array $futures) {
    settle($futures);
    return implode(' ', array_map(fn($future) => $future->status()->name, $futures));
};

$futures = [async(fn() => $gate->never()), async(fn() => 'value')];
echo race($futures), ': ', $states($futures), "\n";

$futures = [async(fn() => $gate->never()), async(fn() => throw new DomainException('failed first', 7))];
$e = failure(fn() => race($futures));
echo $e::class, ' ', $e->getCode(), ': ', $states($futures), "\n";

echo "-- of those that have ended before, the first in order\n";
$futures = [async(fn() => throw new LengthException()), async(fn() => 'value')];
settle($futures);
echo told(fn() => race($futures)), ' ', race(array_reverse($futures)), "\n";

echo "-- the same one twice\n";
$future = async(fn() => 'once');
echo race([$future, $future]), ' ', $future->status()->name, "\n";
?>
--EXPECT--
value: Cancelled Succeeded
DomainException 7: Cancelled Failed
-- of those that have ended before, the first in order
LengthException:  value
-- the same one twice
once Succeeded
