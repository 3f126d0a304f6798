--TEST--
What a task changes stays in its child
--FILE--
<?php
use function Async\{async, await};

final class Counter { public static int $static = 0; public int $n = 0; }
function calls(): int { static $calls = 0; return ++$calls; }

$counter = new Counter();
$n = 0;
$seen = await(async(function () use ($counter, &$n) {
    $counter->n = 5;
    Counter::$static = 5;
    $n = 5;
    calls();
    putenv('ASYNC_TEST=child');
    define('MADE_IN_CHILD', 1);
    chdir('/');
    return [$counter->n, Counter::$static, $n, calls()];
}));
echo json_encode($seen), "\n";
echo json_encode([$counter->n, Counter::$static, $n, calls(), getenv('ASYNC_TEST'), defined('MADE_IN_CHILD'), getcwd() === '/']), "\n";
?>
--EXPECT--
[5,5,5,2]
[0,0,0,1,false,false,false]
