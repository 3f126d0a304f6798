--TEST--
What a destructor throws in a warm worker, when a task or an item of a map is over, causes a warning and fails no other task; an exit there ends that worker only
--FILE--
<?php
use Async\{Output, Pool};
use function Async\settle;

require __DIR__ . '/../../support/sync.php';

define('ME', getmypid());

final class Destructed
{
    public function __construct(private string $how) {}
    public function __destruct()
    {
        if (getmypid() !== ME) {
            $this->how === 'exits' ? exit(3) : throw new LogicException('in the child');
        }
    }
}

foreach (['throws', 'exits'] as $how) {
    $pool = Pool::create()->concurrency(1)->tasksPerChild(0)->output(Output::Capture);
    $pool[] = fn() => new Destructed($how); // what it returns goes after it was sent
    $pool[] = function () use ($how) { static $kept; $kept = new Destructed($how); return (object) []; }; // with what was sent for it
    for ($i = 0; $i < 3; $i++) {
        $pool[] = fn() => array_sum(array_map(fn(int $n) => $n + 1, [1, 2]));
    }
    $told = '';
    foreach (settle($pool) as $key => $future) {
        echo $key, ' ', $future->error()?->getMessage() ?? get_debug_type($future->await()), ', ';
        $told .= $future->output() . $future->errorOutput();
    }
    echo substr_count($told, 'LogicException: in the child') > 0 ? "told\n" : "\n";
    foreach (Pool::create()->concurrency(1)->output(Output::Discard)->map(range(0, 5), fn(int $i) => $i === 2 ? new Destructed($how) : $i) as $key => $value) {
        echo $key, ' ', get_debug_type($value), ', ';
    }
    echo "\n";
}
?>
--EXPECT--
0 Destructed, 1 stdClass, 2 int, 3 int, 4 int, told
0 int, 1 int, 2 Destructed, 3 int, 4 int, 5 int, 
0 Destructed, 1 stdClass, 2 int, 3 int, 4 int, 
0 int, 1 int, 2 Destructed, 3 int, 4 int, 5 int, 
