--TEST--
Warm workers print where the mode says: not at all, to the parent, or where the parent does (pain 14)
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

foreach (Output::cases() as $mode) {
    $pool = Pool::create()->output($mode)->concurrency(1)->tasksPerChild(0);
    foreach (['one', 'other'] as $name) {
        $pool[$name] = function () use ($mode, $name) {
            echo "{$mode->name}: echo of $name\n";
            fwrite(STDOUT, "{$mode->name}: STDOUT of $name\n");
            system("echo {$mode->name}: system of $name");
            fwrite(STDERR, $mode === Output::Inherit ? '' : "{$mode->name}: STDERR of $name\n");
            return $name;
        };
    }
    $values = await($pool);
    echo implode(' and ', $values), '; kept of the one: ', strlen($pool['one']->output()), ' and ', strlen($pool['one']->errorOutput()), "\n";
}
?>
--EXPECT--
Inherit: echo of one
Inherit: STDOUT of one
Inherit: system of one
Inherit: echo of other
Inherit: STDOUT of other
Inherit: system of other
one and other; kept of the one: 0 and 0
one and other; kept of the one: 67 and 23
one and other; kept of the one: 0 and 0
