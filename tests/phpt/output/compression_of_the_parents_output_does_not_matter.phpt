--TEST--
zlib.output_compression of the parent does not matter: the value is intact, and captured text is plain (pain 14)
--SKIPIF--
<?php
if (!extension_loaded('zlib')) {
    die('skip needs zlib');
}
?>
--INI--
zlib.output_compression=On
--ENV--
HTTP_ACCEPT_ENCODING=gzip
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

$told = [in_array('zlib output compression', ob_list_handlers(), true)];
$pool = Pool::create()->output(Output::Capture);
$captured = $pool->add(function () { echo "captured\n"; system('echo system'); return ['a', 'value']; });
$told[] = await($captured);
$told[] = $captured->output();
$told[] = await($pool->output(Output::Discard)->add(function () { echo "discarded\n"; return 'another'; }));
file_put_contents('php://stderr', json_encode($told));
?>
--EXPECTREGEX--
.*\[true,\["a","value"\],"captured\\nsystem\\n","another"\].*
