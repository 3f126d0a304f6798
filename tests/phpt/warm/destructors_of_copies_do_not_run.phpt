--TEST--
The destructor of an object that is sent to a child runs in the parent only, however deep it is bound
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

class Held
{
    public $inner;

    public function __construct(private string $file)
    {
    }

    public function __destruct()
    {
        file_put_contents($this->file, getmypid() . "\n", FILE_APPEND);
    }

    public function m()
    {
        return 'm';
    }
}

$file = tempnam(sys_get_temp_dir(), 'async');
$held = new Held($file);
$deep = [[$held]];
$object = new stdClass();
$object->held = $held;
$object->cycle = $object;
$pool = warm();
foreach ([[$held, 'm'], fn() => $held->m(), fn() => $deep[0][0]->m(), fn() => $object->held->m()] as $task) {
    echo sent($pool, $task), "\n";
}
// What a task itself makes is its own.
echo sent($pool, fn() => (new Held($file))->m()), "\n";
$child = $pool->add(fn() => getmypid())->await();
echo file_get_contents($file) === "$child\n" ? "that of the task's own\n" : file_get_contents($file);
unset($task, $held, $deep, $object, $pool);
gc_collect_cycles();
echo file_get_contents($file) === "$child\n" . getmypid() . "\n" ? "and that of the parent\n" : file_get_contents($file);
unlink($file);
?>
--EXPECT--
"m" (Sent)
"m" (Sent)
"m" (Sent)
"m" (Sent)
"m" (Sent)
that of the task's own
and that of the parent
