--TEST--
Code that changes on the disk after it was included runs as the parent has it, each version of a file as it was
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$file = tempnam(sys_get_temp_dir(), 'async');
file_put_contents($file, '<?php function fromFile() { return "as included"; } return fn() => "first";');
$first = include $file;
$pool = warm();
file_put_contents($file, '<?php return fn() => "second";');
$second = include $file;
file_put_contents($file, '<?php return fn() => "third"; function fromFile() { return "changed"; }');
echo sent($pool, $first), "\n", sent($pool, $second), "\n", sent($pool, 'fromFile'), "\n", sent($pool, fromFile(...)), "\n";
echo sent($pool, $first), "\n", sent($pool, $second), "\n";
unlink($file);
?>
--EXPECT--
"first" (Sent)
"second" (Sent)
"as included" (Sent)
"as included" (Sent)
"first" (Sent)
"second" (Sent)
