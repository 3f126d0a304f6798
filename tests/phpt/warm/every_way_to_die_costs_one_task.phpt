--TEST--
Whatever ends a child in the middle of a batch, exactly one task fails, and of the right type; the others run once each
--FILE--
<?php
use function Async\settle;

require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$ways = [
    'exit 0' => fn() => exit(0),
    'exit 3' => fn() => exit(3),
    'SIGKILL' => fn() => posix_kill(getmypid(), SIGKILL),
    'SIGSEGV' => fn() => posix_kill(getmypid(), SIGSEGV),
    'SIGTERM' => fn() => posix_kill(getmypid(), SIGTERM),
    'fatal error' => fn() => eval('function alive() {}'),
    'memory limit' => fn() => ini_set('memory_limit', '64M') && str_repeat('x', 100_000_000),
    'uncaught' => fn() => throw new DomainException('thrown', 7),
    'no value' => fn() => fn() => 1,
];
$file = tempnam(sys_get_temp_dir(), 'async');
foreach ($ways as $name => $way) {
    file_put_contents($file, '');
    $pool = warm(2);
    for ($i = 0; $i < 200; $i++) {
        $pool->add($i !== 100 ? fn() => file_put_contents($file, "$i\n", FILE_APPEND | LOCK_EX) : $way, "#$i");
    }
    $failed = [];
    foreach (settle($pool) as $key => $future) {
        $e = $future->error();
        if ($e !== null) {
            $failed[] = $key . ' ' . $e::class . ' ' . ($e->exitCode ?? $e->signalName ?? $e->getCode());
        }
    }
    $lines = file($file);
    echo "$name: ", implode(', ', $failed), ' and ', count($lines), ' of ', count(array_unique($lines)), "\n";
}
unlink($file);
?>
--EXPECT--
exit 0: #100 Async\ProcessDiedException 0 and 199 of 199
exit 3: #100 Async\ProcessDiedException 3 and 199 of 199
SIGKILL: #100 Async\ProcessDiedException SIGKILL and 199 of 199
SIGSEGV: #100 Async\ProcessDiedException SIGSEGV and 199 of 199
SIGTERM: #100 Async\ProcessDiedException SIGTERM and 199 of 199
fatal error: #100 Async\ProcessDiedException 255 and 199 of 199
memory limit: #100 Async\ProcessDiedException 255 and 199 of 199
uncaught: #100 DomainException 7 and 199 of 199
no value: #100 Async\NotSerializableException 0 and 199 of 199
