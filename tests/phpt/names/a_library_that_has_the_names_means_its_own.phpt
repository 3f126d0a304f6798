--TEST--
A library that declares async(), await() or Pool for itself works, guarded or not, and so does whoever uses it
--FILE--
<?php
require __DIR__ . '/libraries.inc';

foreach (LIBRARIES as $kind => $files) {
    echo $kind, ': ', everywhere($files + ['main.php' => 'require __DIR__ . "/lib.php"; require __DIR__ . "/uses.php";', 'uses.php' => USES]), "\n";
}
?>
--EXPECT--
plain: its own
guarded: its own
guarded without autoloaders: its own
in an if: its own
extends what is loaded later: its own
enum: its own
interface: its own
evaluated: its own
autoloaded: its own
