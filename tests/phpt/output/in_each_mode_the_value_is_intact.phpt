--TEST--
In each mode the value is intact, and what is printed goes where it should (pain 14)
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

foreach (Output::cases() as $mode) {
    $pool = Pool::create()->output($mode);
    $future = $pool->add(function () use ($mode) {
        echo "{$mode->name}: echo\n";
        print_r(["{$mode->name}: print_r"]);
        fwrite(STDOUT, "{$mode->name}: STDOUT\n");
        file_put_contents('php://output', "{$mode->name}: php://output\n");
        system("echo {$mode->name}: system");
        fwrite(STDERR, $mode === Output::Inherit ? '' : "{$mode->name}: STDERR\n");
        return ['the', 'value'];
    });
    echo implode(' ', await($future)), ', kept: ', strlen($future->output()), ' and ', strlen($future->errorOutput()), "\n";
}
?>
--EXPECT--
Inherit: echo
Array
(
    [0] => Inherit: print_r
)
Inherit: STDOUT
Inherit: php://output
Inherit: system
the value, kept: 0 and 0
the value, kept: 106 and 16
the value, kept: 0 and 0
