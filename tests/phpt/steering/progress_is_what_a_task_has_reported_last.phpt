--TEST--
progress() of a future is what its task has reported last, in every kind of worker; null before that, and after its end
--FILE--
<?php
use Async\{Future, Pool};
use function Async\{async, await, progress, deadline};

require __DIR__ . '/../../support/sync.php';

final class Word
{
    public function __toString(): string { return 'an object as text'; }
}

/** Not bound to the tasks: a warm worker can run them all. */
final class Shared
{
    public static Gate $told;
    public static Gate $go;
}

foreach (['isolated' => fn() => new Pool(), 'warm' => fn() => Pool::create()->tasksPerChild(0)->concurrency(1)] as $kind => $make) {
    $pool = $make();
    [Shared::$told, Shared::$go] = [new Gate(), new Gate()];
    $future = $pool->add(function () {
        foreach ([[0.0, null], [1 / 3, 'a third'], [0.1, str_repeat('ä', 200)], [1, new Word()]] as [$fraction, $text]) {
            Shared::$go->pass();
            progress($fraction, $text);
            Shared::$told->open();
        }
        Shared::$go->pass();
        return 'value';
    });
    $show = fn() => printf("%s %s\n", json_encode($future->progress()), json_encode($future->progressMessage(), JSON_UNESCAPED_UNICODE));
    $show();
    for ($i = 0; $i < 4; $i++) {
        Shared::$go->open();
        Shared::$told->pass();
        $show();
    }
    Shared::$go->open();
    echo $kind, ' ', await($future), ' ';
    $show();
    $next = $pool->add(function () { Shared::$told->open(); Shared::$go->pass(); });
    Shared::$told->pass();
    var_dump($next->progress());
    Shared::$go->open();
    await($pool);
}
var_dump(Future::resolved(1)->progress(), Future::resolved(1)->progressMessage());
progress(0.5, 'outside of a task that is told to nobody');
echo json_encode(Async\map([1, 2], function (int $n) { progress($n / 2); return $n; })), "\n";
foreach ([[-0.1], [1.1], [NAN], ['half'], [], [0.5, []], [0.5, 'x', 1]] as $args) {
    echo told(fn() => progress(...$args)), "\n";
}
?>
--EXPECT--
null null
0 null
0.3333333333333333 "a third"
0.1 "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää"
1 "an object as text"
isolated value null null
NULL
null null
0 null
0.3333333333333333 "a third"
0.1 "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää"
1 "an object as text"
warm value null null
NULL
NULL
NULL
[1,2]
ValueError: Async\progress(): Argument #1 ($fraction) must be between 0 and 1
ValueError: Async\progress(): Argument #1 ($fraction) must be between 0 and 1
ValueError: Async\progress(): Argument #1 ($fraction) must be between 0 and 1
TypeError: Async\progress(): Argument #1 ($fraction) must be of type float, string given
ArgumentCountError: Async\progress() expects at least 1 argument, 0 given
TypeError: Async\progress(): Argument #2 ($message) must be of type ?string, array given
ArgumentCountError: Async\progress() expects at most 2 arguments, 3 given
