--TEST--
A script of one file that declares the names means its own from its first line on
--FILE--
<?php
require __DIR__ . '/libraries.inc';

$main = 'echo async(1), ", ", await(2), ", ", Pool::WHOSE, ", ", Async\await(Async\async(fn() => async(3) . Pool::WHOSE)); ' . FUNCTIONS . ' class Pool { const WHOSE = "own Pool"; }';
echo everywhere(['main.php' => $main]), "\n";
foreach (['printf %s ' . escapeshellarg("<?php $main") . ' | ' . php_command(), php_command('-r ' . escapeshellarg($main))] as $command) {
    echo shell_exec("$command 2>&1"), "\n"; // read from a pipe, and from the command line
}

// In a namespace nothing is to be had for it.
$main = 'namespace App; ' . FUNCTIONS . ' class Pool {} echo async(1), ", ", \await(\async(fn() => 2)), ", ", Pool::class, ", ", \Pool::create()::class;';
echo everywhere(['main.php' => $main]), "\n";
?>
--EXPECT--
own async 1, own await 2, own Pool, own async 3own Pool
own async 1, own await 2, own Pool, own async 3own Pool
own async 1, own await 2, own Pool, own async 3own Pool
own async 1, 2, App\Pool, Async\Pool
