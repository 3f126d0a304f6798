--TEST--
A handler never runs in the middle of a function of the extension that does not wait, whatever that calls: serialization, the look for autoloaders
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$bound = new ArrayObject([1, 2, 3]); // serialized by a call of its own method, at whose end the virtual machine may be interrupted
$inside = [];
$ran = 0;
$pool = Pool::create()->concurrency(2)->tasksPerChild(3);
for ($i = 0; $i < 1000; $i++) {
    $future = $pool->add(fn() => count($bound))->then(function () use (&$inside, &$ran) {
        $ran++;
        foreach (debug_backtrace(DEBUG_BACKTRACE_IGNORE_ARGS) as $frame) {
            if (str_starts_with($frame['class'] ?? '', 'Async\\') && !in_array($frame['function'], ['wait', 'tick'], true)) {
                $inside[$frame['class'] . '::' . $frame['function']] = true;
            }
        }
    });
    $i % 50 !== 0 || $future->cancel();
    $i % 10 !== 0 || $pool->tick();
}
$pool->wait();
echo $ran > 900 ? 'ran' : $ran, ' ', implode(', ', array_keys($inside)), "\n";
?>
--EXPECT--
ran 
