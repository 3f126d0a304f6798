--TEST--
exit in a task is a ProcessDiedException, whatever the code: a value was promised and none came (pain 2)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

foreach ([0, 1, 3, 42, 255] as $code) {
    $future = async(fn() => exit($code));
    $e = failure($future);
    echo $e::class, ' ', $e->exitCode, ' ', json_encode([$e->signal, $e->signalName, $e->coreDumped]), ' ',
        $e->pid === $future->pid() ? 'pid' : 'no pid', ' ', $e->getMessage() !== '' ? 'message' : 'no message', "\n";
}
?>
--EXPECT--
Async\ProcessDiedException 0 [null,null,false] pid message
Async\ProcessDiedException 1 [null,null,false] pid message
Async\ProcessDiedException 3 [null,null,false] pid message
Async\ProcessDiedException 42 [null,null,false] pid message
Async\ProcessDiedException 255 [null,null,false] pid message
