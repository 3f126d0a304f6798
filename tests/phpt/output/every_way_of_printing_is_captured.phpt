--TEST--
Every way of printing is captured: echo, STDOUT, STDERR, php://output, warnings, programs, also those that open /dev/stderr (pain 14)
--INI--
display_errors=1
html_errors=0
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

$pool = Pool::create()->output(Output::Capture);
$future = $pool->add(function () {
    echo "echo\n";
    print_r([1]);
    fwrite(STDOUT, "STDOUT\n");
    file_put_contents('php://output', "php://output\n");
    file_put_contents('php://stdout', "php://stdout\n");
    system('echo system');
    ob_start();
    echo "a buffer\n";
    proc_close(proc_open('echo a program', [], $pipes));
    trigger_error('a warning', E_USER_WARNING);
    fwrite(STDERR, "STDERR\n");
    file_put_contents('php://stderr', "php://stderr\n");
    exec('echo exec; echo its errors >&2');
    system('echo opened >/dev/stderr');
    return 5;
});
echo await($future), "\n", preg_replace('~ in /.*~', ' in FILE', $future->output()), "--\n", $future->errorOutput();
?>
--EXPECT--
5
echo
Array
(
    [0] => 1
)
STDOUT
php://output
php://stdout
system
a program
a buffer

Warning: a warning in FILE
--
STDERR
php://stderr
its errors
opened
