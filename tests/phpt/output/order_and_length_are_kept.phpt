--TEST--
Captured output is in order and whole, of many tasks at once, with programs between (pain 14)
--INI--
async.max_output=0
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

const LINES = 60_000;

$pool = Pool::create()->output(Output::Capture)->concurrency(4);
for ($task = 0; $task < 4; $task++) {
    $pool[] = function () use ($task) {
        for ($i = 0; $i < LINES; $i++) {
            if ($i % 20_000 === 0) {
                passthru("echo $task program $i; echo $task program $i >&2");
            }
            echo "$task line $i\n";
            fwrite(STDERR, "$task line $i\n");
        }
        return $task;
    };
}
echo implode(' ', await($pool)), "\n";
foreach ($pool->getFinished() as $task => $future) {
    $expected = '';
    for ($i = 0; $i < LINES; $i++) {
        $expected .= ($i % 20_000 === 0 ? "$task program $i\n" : '') . "$task line $i\n";
    }
    var_dump($future->output() === $expected && $future->errorOutput() === $expected);
}
?>
--EXPECT--
0 1 2 3
bool(true)
bool(true)
bool(true)
bool(true)
