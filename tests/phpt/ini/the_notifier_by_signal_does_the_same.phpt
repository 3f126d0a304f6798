--TEST--
async.notifier=signal: values, failures and handlers in a plain loop come just as well
--INI--
async.notifier=signal
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

set_time_limit(20);
$done = false;
async(fn() => 1)->then(function () use (&$done) { $done = true; });
while (!$done) {
}
echo json_encode(await(array_map(fn($i) => async(fn() => $i), range(0, 30))) === range(0, 30)), ' ', told(async(fn() => throw new DomainException('x'))), "\n";
echo failure(async(fn() => posix_kill(getmypid(), SIGKILL)))->signalName, "\n";
exec('exit 7', $output, $code);
var_dump($code);
?>
--EXPECT--
true DomainException: x
SIGKILL
int(7)
