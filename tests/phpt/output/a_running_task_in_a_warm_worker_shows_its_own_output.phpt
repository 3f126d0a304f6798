--TEST--
output() of a running task in a warm worker is what that task has printed so far, and not those before it
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

// Names can be sent to the child, which needs nothing of its parent then. Opening waits for the other side.
[$printed, $gate] = [tempnam(sys_get_temp_dir(), 'async'), tempnam(sys_get_temp_dir(), 'async')];
foreach ([$printed, $gate] as $name) {
    unlink($name);
    posix_mkfifo($name, 0600);
}
$pool = Pool::create()->output(Output::Capture)->concurrency(1)->tasksPerChild(0);
$before = $pool->add(function () { echo 'before'; return getmypid(); });
$pid = await($before);
$future = $pool->add(function () use ($printed, $gate) {
    echo "one\n";
    fwrite(STDERR, "ein\n");
    fopen($printed, 'w');
    fopen($gate, 'r');
    echo "two\n";
    return getmypid();
});
$after = $pool->add(fn() => print('after'));
fopen($printed, 'r');
echo json_encode([$future->output(), $future->errorOutput(), $future->output(), $after->output()]), "\n";
fopen($gate, 'w');
var_dump(await($future) === $pid);
await($after);
echo json_encode([$before->output(), $future->output(), $future->errorOutput(), $after->output()]), "\n";
array_map('unlink', [$printed, $gate]);
?>
--EXPECT--
["one\n","ein\n","one\n",""]
bool(true)
["before","one\ntwo\n","ein\n","after"]
