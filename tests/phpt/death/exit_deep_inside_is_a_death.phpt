--TEST--
exit deep inside is a death, and no finally or catch of the task holds it up
--INI--
error_reporting=E_ALL & ~E_DEPRECATED
--FILE--
<?php
// The return in the finally is deprecated from PHP 8.6 on, and is what this is about.
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(function () {
    try {
        array_map(function () { exit(9); }, [1]);
    } catch (Throwable) {
        return 'caught';
    } finally {
        return 'finally';
    }
}));
echo $e::class, ' ', $e->exitCode, "\n";
?>
--EXPECT--
Async\ProcessDiedException 9
