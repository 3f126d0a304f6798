--TEST--
What a child prints goes to standard output at once, not into the parent's buffers, and what it left in its own is flushed
--FILE--
<?php
use function Async\{async, await};

ob_start();
echo "parent\n";
await(async(function () {
    echo "child\n";
    ob_start();
    echo "left in a buffer of the child\n";
}));
await(async(function () { print_r("print_r\n"); fwrite(STDOUT, "stdout\n"); file_put_contents('php://output', "output\n"); }));
ob_end_flush();
?>
--EXPECT--
child
left in a buffer of the child
print_r
stdout
output
parent
