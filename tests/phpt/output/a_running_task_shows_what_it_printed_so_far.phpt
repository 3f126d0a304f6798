--TEST--
output() of a running task is what it has printed so far
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

[$notes, $gate] = [new Notes(), new Gate()];
$pool = Pool::create()->output(Output::Capture);
$future = $pool->add(function () use ($notes, $gate) {
    echo "one\n";
    fwrite(STDERR, "ein\n");
    $notes->write('printed');
    $gate->pass();
    echo "two\n";
});
$notes->next();
echo json_encode([$future->status()->name, $future->output(), $future->errorOutput(), $future->output()]), "\n";
$gate->open();
await($future);
echo json_encode([$future->status()->name, $future->output(), $future->errorOutput()]), "\n";
$queued = $pool->concurrency(1)->add(fn() => $gate->pass());
$waits = $pool->add(fn() => print('late'));
echo json_encode($waits->output()), "\n";
$gate->open();
await($waits);
echo json_encode($waits->output()), "\n";
?>
--EXPECT--
["Running","one\n","ein\n","one\n"]
["Succeeded","one\ntwo\n","ein\n"]
""
"late"
