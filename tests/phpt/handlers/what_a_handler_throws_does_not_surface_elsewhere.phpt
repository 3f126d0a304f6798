--TEST--
What a handler throws does not surface at the line where it happened to run (pain 31)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$future = async(fn() => 1)->then(function () { throw new LogicException('from the handler'); });
try {
    ended($future->pid());
    for ($i = 0; $i < 100_000; $i++);
    echo "nothing was thrown here\n";
} catch (LogicException) {
    echo "thrown at a random line\n";
}
echo told(fn() => await($future)), "\n";
?>
--EXPECT--
nothing was thrown here
LogicException: from the handler
