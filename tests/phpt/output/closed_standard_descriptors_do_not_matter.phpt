--TEST--
A parent that has closed its standard descriptors, as daemons do, gets values and captured output, and no text among its results
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$file = tempnam(sys_get_temp_dir(), 'async');
echo php(<<<'PHP'
    array_map(fclose(...), get_resources('stream'));
    $pool = Pool::create()->output(Async\Output::Capture);
    $prints = function () { echo "echo\n"; system('echo error >&2'); return 'a value'; };
    $future = $pool->add($prints);
    $told = [await($future), $future->output(), $future->errorOutput()];
    file_put_contents(getenv('RESULT'), json_encode($told));
    PHP, '-d auto_prepend_file=', "RESULT=$file; export RESULT;");
echo file_get_contents($file), "\n";
unlink($file);
?>
--EXPECT--
exit 0
["a value","echo\n","error\n"]
