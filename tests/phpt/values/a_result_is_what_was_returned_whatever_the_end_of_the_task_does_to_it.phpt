--TEST--
A result is what the task returned: what its shutdown functions and output callbacks let go of has been written or is held
--FILE--
<?php
use Async\Pool;
use function Async\await;

/** Lets go of all strings of a result, and puts others in their place. */
function replace(stdClass $result): void
{
    foreach ($result as $name => $_) {
        $result->$name = null;
    }
    $GLOBALS['others'] = [];
    for ($n = 0; $n < 100; $n++) {
        $GLOBALS['others'][] = str_repeat('y', 40_000);
        $GLOBALS['others'][] = str_repeat('y', 400_000);
    }
}

function result(): stdClass
{
    return (object) [
        'short' => str_repeat('x', 100),
        'long' => str_repeat('x', 40_000),
        'longer' => str_repeat('x', 400_000),
        'list' => [[str_repeat('x', 40_000)]],
        'keys' => [str_repeat('x', 40_000) => 1],
        'object' => (object) ['long' => str_repeat('x', 40_000)],
    ];
}

$ways = [
    'a shutdown function' => function () {
        $result = result();
        register_shutdown_function(fn() => replace($result));
        return $result;
    },
    'an output callback' => function () {
        $result = result();
        ob_start(function () use ($result) {
            replace($result);
            return '';
        });
        echo 'something';
        return $result;
    },
];
$was = md5(serialize(result()));
foreach ($ways as $name => $way) {
    foreach ([1, 0] as $tasks) {
        $pool = Pool::create()->concurrency(1)->tasksPerChild($tasks);
        echo "$name, $tasks: ", md5(serialize(await($pool->add($way)))) === $was ? 'as it was' : 'SOMETHING ELSE', "\n";
    }
    foreach (Pool::create()->concurrency(1)->map([1], $way) as $result) {
        echo "$name, map: ", md5(serialize($result)) === $was ? 'as it was' : 'SOMETHING ELSE', "\n";
    }
}
?>
--EXPECT--
a shutdown function, 1: as it was
a shutdown function, 0: as it was
a shutdown function, map: as it was
an output callback, 1: as it was
an output callback, 0: as it was
an output callback, map: as it was
