--TEST--
What the tasks of a task print is captured with it, unless they have a pool of their own that captures
--FILE--
<?php
use Async\{Output, Pool};
use function Async\{async, await};

$pool = Pool::create()->output(Output::Capture);
$future = $pool->add(function () {
    await(async(function () { echo "inner\n"; }));
    $own = Pool::create()->output(Output::Capture);
    $inner = $own->add(function () { echo "captured inside\n"; });
    await($own);
    return $inner->output();
});
echo json_encode([await($future), $future->output()]), "\n";
?>
--EXPECT--
["captured inside\n","inner\n"]
