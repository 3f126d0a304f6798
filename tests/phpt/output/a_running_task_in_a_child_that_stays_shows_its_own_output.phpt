--TEST--
output() of a running task in a child that stays is what that task has printed so far, and not those before it
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

[$notes, $gate] = [new Notes(), new Gate()];
$pool = Pool::create()->output(Output::Capture)->concurrency(1)->tasksPerChild(0);
$before = $pool->add(function () { echo 'before'; return getmypid(); });
$future = $pool->add(function () use ($notes, $gate) {
    echo "one\n";
    fwrite(STDERR, "ein\n");
    $notes->write('printed');
    $gate->pass();
    echo "two\n";
    return getmypid();
});
$after = $pool->add(fn() => print('after'));
$pid = await($before);
$notes->next();
echo json_encode([$future->output(), $future->errorOutput(), $future->output(), $after->output()]), "\n";
$gate->open();
var_dump(await($future) === $pid);
await($after);
echo json_encode([$before->output(), $future->output(), $future->errorOutput(), $after->output()]), "\n";
?>
--EXPECT--
["one\n","ein\n","one\n",""]
bool(true)
["before","one\ntwo\n","ein\n","after"]
