--TEST--
What the child wrote to files is whole when it has ended (pain 19)
--FILE--
<?php
use function Async\{async, await};

$path = tempnam(sys_get_temp_dir(), 'async');
await(async(function () use ($path) {
    $GLOBALS['file'] = fopen($path, 'w');
    stream_set_write_buffer($GLOBALS['file'], 65_536);
    for ($i = 0; $i < 1000; $i++) {
        fwrite($GLOBALS['file'], "line $i\n");
    }
}));
var_dump(count(file($path)));
unlink($path);
?>
--EXPECT--
int(1000)
