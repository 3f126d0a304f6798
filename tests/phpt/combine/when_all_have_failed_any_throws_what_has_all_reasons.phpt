--TEST--
When all have failed any() throws an exception that has all reasons
--FILE--
<?php
use Async\{AggregateException, AsyncException, Pool};
use function Async\{any, async};

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
$pool['thrown'] = fn() => throw new DomainException('no such order', 404);
$pool['exit'] = fn() => exit(3);
$pool[] = fn() => throw new LengthException('long');
$e = failure(fn() => any($pool));
echo $e::class, ' ', $e instanceof AsyncException ? 'AsyncException' : '', "\n";
echo preg_replace('/pid \d+/', 'pid N', $e->getMessage()), "\n";
foreach ($e->reasons as $key => $reason) {
    echo $key, ' ', $reason::class, ' ', $reason->getCode(), "\n";
}
echo $e->getPrevious()::class, "\n";
echo told(fn() => $e->reasons = []), "\n";

echo "-- of many the first five are quoted\n";
$many = [];
for ($n = 0; $n < 7; $n++) {
    $many[] = async(fn() => throw new Exception("number $n"));
}
$e = failure(fn() => any($many));
echo substr_count($e->getMessage(), 'number'), strstr($e->getMessage(), '; and'), "\n", count($e->reasons), "\n";
?>
--EXPECT--
Async\AggregateException AsyncException
none of 3 tasks gave a value: task "thrown" (pid N): DomainException: no such order; task "exit" (pid N): Async\ProcessDiedException: task "exit" (pid N) called exit(3) and gave no value; return a value instead; task [0] (pid N): LengthException: long; $reasons has all failures
thrown DomainException 404
exit Async\ProcessDiedException 0
0 LengthException 0
DomainException
Error: Cannot modify readonly property Async\AggregateException::$reasons
-- of many the first five are quoted
5; and 2 more; $reasons has all failures
7
