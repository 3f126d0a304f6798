--TEST--
What a hook throws while Async\map() collects is thrown, with the first failure of an item as its previous exception; what the source throws comes behind that failure
--FILE--
<?php
use function Async\{map, onFork};

require __DIR__ . '/../../support/sync.php';

function chain(?Throwable $e): string
{
    return $e === null ? 'nothing' : $e->getMessage() . ' < ' . chain($e->getPrevious());
}

$fails = function (int $n) {
    if ($n === 3) {
        posix_kill(getmypid(), SIGKILL); // the next one is forked
    }
    throw new Exception("item $n");
};
$throws = false;
$forks = 0;
onFork(parent: function () use (&$throws, &$forks) {
    if ($throws && ++$forks === 2) {
        throw new Exception('hook');
    }
});
$throws = true;
echo chain(failure(fn() => map([1, 2, 3, 4], $fails, 1))), "\n";
$throws = false;
echo chain(failure(fn() => map((function () {
    yield 1;
    yield 2;
    throw new Exception('source');
})(), $fails, 1))), "\n";
?>
--EXPECT--
hook < item 1 < nothing
item 1 < source < nothing
