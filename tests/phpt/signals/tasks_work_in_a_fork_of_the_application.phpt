--TEST--
Tasks work in a process that the application forked itself
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

await(async(fn() => 'the notifier is there'));
$notes = new Notes();
$pid = pcntl_fork();
if ($pid === 0) {
    define('FORKED_BY_THE_TEST', true);
    $done = null;
    async(fn() => 'in a loop')->then(function (string $v) use (&$done) { $done = $v; });
    while ($done === null);
    $notes->write($done);
    $notes->write(implode(' ', await([async(fn() => 'a'), async(fn() => 'b')])));
    exit(0);
}
echo $notes->next(), "\n", $notes->next(), "\n";
pcntl_waitpid($pid, $status);
echo 'exit ', pcntl_wexitstatus($status), ', ', await(async(fn() => 'and in the parent')), "\n";
?>
--EXPECT--
in a loop
a b
exit 0, and in the parent
