--TEST--
A task that prints more than fits into a pipe goes on while the parent works and waits for nothing
--FILE--
<?php
use Async\{Output, Pool, Status};

$pool = Pool::create()->output(Output::Capture);
$future = $pool->add(function () { echo str_repeat('x', 900_000); });
$deadline = hrtime(true) + 20_000_000_000;
while ($future->status() === Status::Running && hrtime(true) < $deadline) {
}
echo $future->status()->name, ' ', strlen($future->output()), "\n";
?>
--EXPECT--
Succeeded 900000
