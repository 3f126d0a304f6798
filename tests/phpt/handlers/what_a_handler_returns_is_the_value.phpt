--TEST--
What a handler returns is the value, null included; a then handler without a return statement keeps it, catch and timeout give null
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Steps
{
    public function __invoke(int $n) { return null; }
    public static function none(int $n) { strlen("$n"); }
    public function __call(string $name, array $arguments) { return null; }
}
function nothing(int $n) { if ($n < 0) { echo 'never'; } }
function sometimes(int $n) { if ($n > 1000) { return 1; } }

$gate = new Gate();
$handlers = [
    'returns null' => fn($n) => null,
    'returns null in a branch' => function ($n) { if ($n > 0) { return null; } return 1; },
    'a bare return' => function ($n) { return; },
    'a return that was not reached' => sometimes(...),
    'no return statement' => function ($n) { $n++; },
    'no return statement, with an inner closure that has one' => function ($n) { $inner = fn() => 7; $inner(); },
    'no return statement, with finally' => function ($n) { try { $n++; } finally { $n--; } },
    'void' => function ($n): void { return; },
    'a named function without' => 'nothing',
    'an internal one that is void' => usleep(...),
    'an internal one that gives null' => (new SplFixedArray(6))->offsetGet(...),
    'an invokable object' => new Steps(),
    'a static method without' => 'Steps::none',
    'a method by __call' => [new Steps(), 'anything'],
];
foreach ($handlers as $name => $handler) {
    echo $name, ': ', json_encode(async(fn() => 5)->then($handler)->await()), "\n";
}
foreach (['catch', 'timeout'] as $kind) {
    foreach (['null' => fn() => null, 'no return' => function () { }, 'a value' => fn() => 'value'] as $name => $handler) {
        $future = async(fn() => $kind === 'catch' ? throw new LogicException() : $gate->never());
        if ($kind === 'timeout') {
            $future->timeout(0.01);
        }
        echo "$kind, $name: ", json_encode($future->$kind($handler)->await()), ' ', $future->error() === null ? 'handled' : 'NOT HANDLED', "\n";
    }
}
?>
--EXPECT--
returns null: null
returns null in a branch: null
a bare return: null
a return that was not reached: null
no return statement: 5
no return statement, with an inner closure that has one: 5
no return statement, with finally: 5
void: 5
a named function without: 5
an internal one that is void: 5
an internal one that gives null: null
an invokable object: null
a static method without: 5
a method by __call: null
catch, null: null handled
catch, no return: null handled
catch, a value: "value" handled
timeout, null: null handled
timeout, no return: null handled
timeout, a value: "value" handled
