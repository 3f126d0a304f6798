--TEST--
Each task of a warm worker has its own output, whole, whichever task ran before it in the same process (pain 14)
--INI--
display_errors=1
html_errors=0
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create()->output(Output::Capture)->concurrency(3)->tasksPerChild(0);
for ($i = 0; $i < 600; $i++) {
    $pool[$i] = function () use ($i) {
        echo "echo $i\n";
        fwrite(STDERR, "STDERR $i\n");
        $i % 50 === 0 and system("echo system $i; echo its error $i >&2");
        $i % 60 === 0 and print(str_repeat('.', 500_000)); // more than a pipe has room for
        ob_start();
        echo "a buffer $i\n";
        if ($i % 7 === 0) {
            throw new DomainException();
        }
        return $i % 40 === 0 ? str_repeat('x', 300_000) : getmypid(); // a large one is lent
    };
}
$wrong = $pids = [];
foreach (Async\settle($pool) as $i => $future) {
    $output = "echo $i\n" . ($i % 50 ? '' : "system $i\n") . ($i % 60 ? '' : str_repeat('.', 500_000)) . "a buffer $i\n";
    $errors = "STDERR $i\n" . ($i % 50 ? '' : "its error $i\n");
    $future->output() === $output && $future->errorOutput() === $errors
        or $wrong[$i] = [substr($future->output(), 0, 100), substr($future->errorOutput(), 0, 100)];
    $pids[$future->pid()] = true;
}
check('each has its own', $wrong === [], $wrong);
check('from few children', count($pids) <= 3, $pids);
?>
--EXPECT--
each has its own: yes
from few children: yes
