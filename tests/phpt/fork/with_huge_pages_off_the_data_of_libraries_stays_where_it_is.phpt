--TEST--
With async.huge_pages off the read-only data of libraries stays where the dynamic linker has put it
--INI--
async.huge_pages=0
--FILE--
<?php
use function Async\{async, await};

for ($i = 0; $i < 40; $i++) {
    await(async(fn () => $i));
}
echo substr_count(file_get_contents('/proc/self/maps'), 'async-relocated'), "\n";
?>
--EXPECT--
0
