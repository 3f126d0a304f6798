--TEST--
A handler never runs inside an autoloader (pain 31)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$log = [];
$gate = new Gate();
$future = async(fn() => $gate->pass())->then(function () use (&$log) { $log[] = 'handler'; });
spl_autoload_register(function (string $class) use (&$log, $gate, $future) {
    if ($class === 'Missing') {
        $log[] = 'autoloader begins';
        $gate->open();
        ended($future->pid());
        for ($i = 0; $i < 100_000; $i++);
        $log[] = 'autoloader ends';
    }
});
class_exists('Missing');
await($future);
echo implode(', ', $log), "\n";
?>
--EXPECT--
autoloader begins, autoloader ends, handler
