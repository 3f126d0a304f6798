--TEST--
A parent that has closed its standard descriptors, as daemons do, before its first task or after it, gets values and captured output
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$result = tempnam(sys_get_temp_dir(), 'async');
$script = tempnam(sys_get_temp_dir(), 'async'); // from a file: the constants are not there for a script from STDIN
file_put_contents($script, <<<'PHP'
    <?php
    $close = fn() => [fclose(STDIN), fclose(STDOUT), fclose(STDERR)];
    $argv[1] === 'before' and $close();
    Async\await(Async\async(fn() => 1));
    $argv[1] === 'after' and $close();
    $pool = Async\Pool::create()->output(Async\Output::Capture);
    $future = $pool->add(function () { echo "echo\n"; system('echo error >&2'); return 'a value'; });
    $told = [Async\await($future), $future->output(), $future->errorOutput(), count(scandir('/proc/self/fd')) > 5];
    file_put_contents($argv[2], json_encode($told));
    PHP);
foreach (['before', 'after'] as $when) {
    file_put_contents($result, 'nothing');
    exec(php_command('-d auto_prepend_file=') . " $script $when $result");
    echo file_get_contents($result), "\n";
}
unlink($script);
unlink($result);
?>
--EXPECT--
["a value","echo\n","error\n",true]
["a value","echo\n","error\n",true]
