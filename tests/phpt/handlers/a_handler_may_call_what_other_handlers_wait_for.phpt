--TEST--
A handler may call a function for which the handlers of others wait to go on: it gets to its end
--FILE--
<?php
use Async\Pool; use function Async\async;
$ended = 0;
function begin(): void
{
    async(fn() => 1)->finally(function () { $GLOBALS['ended']++; });
}
function works(): void
{
    $done = false;
    async(fn() => usleep(50_000))->then(function () use (&$done) {
        for ($i = 0; $i < 100; $i++) {
            begin();
        }
        $done = true;
    });
    while (!$done);
}
function starts(): void
{
    begin();
    works();
    echo "all have begun\n";
}
starts();
while ($ended < 101) {
    Pool::create()->tick();
}
echo "all have ended\n";
?>
--EXPECT--
all have begun
all have ended
