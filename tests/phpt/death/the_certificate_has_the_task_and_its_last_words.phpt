--TEST--
A death tells the task's key, and the last lines of its error output where that is captured (pain 2)
--FILE--
<?php
use Async\{Output, Pool};
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$dies = function () {
    for ($i = 1; $i <= 30; $i++) {
        fwrite(STDERR, "line $i\n");
    }
    exit(3);
};
$pool = Pool::create()->output(Output::Capture);
foreach (['key' => $pool->add($dies, 'import'), 'number' => $pool->add($dies, 7)] as $what => $future) {
    $e = failure($future);
    echo $what, ': ', json_encode($e->task), ' ', json_encode([strtok($e->errorOutput, "\n"), substr_count($e->errorOutput, "\n"), $e->signal, $e->lastError]), "\n",
        str_replace((string) $e->pid, 'PID', $e->getMessage()), "\n";
}
$long = failure($pool->add(function () { fwrite(STDERR, str_repeat('x', 10_000)); exit(3); }));
echo strlen($long->errorOutput), ' ', strlen($long->getMessage()) < 600 ? 'short' : 'long', "\n";
$silent = failure($pool->add(fn() => exit(3)));
$inherits = failure(Pool::create()->add(fn() => exit(3)));
echo json_encode([$silent->errorOutput, $inherits->errorOutput]), "\n";
unset($pool);
echo preg_match('/^#\d+$/', failure(async(fn() => exit(3)))->task), "\n";
?>
--EXPECT--
key: "import" ["line 11",19,null,null]
task "import" (pid PID) called exit(3) and gave no value; return a value instead; the last line of its error output: line 30
number: "7" ["line 11",19,null,null]
task [7] (pid PID) called exit(3) and gave no value; return a value instead; the last line of its error output: line 30
4096 short
["",null]
1
