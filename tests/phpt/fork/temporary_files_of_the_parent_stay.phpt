--TEST--
Temporary files of the parent stay when a child ends (pain 19)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$file = tmpfile();
$path = stream_get_meta_data($file)['uri'];
fwrite($file, 'kept');
await(async(fn() => 1));
failure(async(fn() => exit(0)));
var_dump(file_exists($path), file_get_contents($path));
?>
--EXPECT--
bool(true)
string(4) "kept"
