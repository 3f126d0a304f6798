--TEST--
A key under which an autoloader adds a task, while the callable is looked at that was to have it, is in use
--FILE--
<?php
use Async\Pool;

require __DIR__ . '/../../support/sync.php';

$pool = Pool::create();
$notes = new Notes();
spl_autoload_register(function (string $class) use ($pool, $notes): void {
    $pool['key'] = fn() => 'of the autoloader';
    class_alias(Late::class, $class);
});

final class Late
{
    public static Notes $notes;

    public static function run(): void
    {
        self::$notes->write('runs');
    }
}
Late::$notes = $notes;

echo told(fn() => $pool->add('Loaded::run', 'key')), "\n";
unset($pool['key']);
echo told(function () use ($pool): void { $pool['key'] = 'LoadedToo::run'; }), "\n";
echo json_encode($pool->wait()), ' ', count($pool), ' ', $pool->status(), "\n", implode($notes->all()), "\n";
?>
--EXPECT--
ValueError: Async\Pool::add(): Argument #2 ($key) must not be in use, "key" is
ValueError: Async\Pool::offsetSet(): Argument #1 ($offset) must not be in use, "key" is
{"key":"of the autoloader"} 1 queue: 0 - finished: 1 - failed: 0 - timeout: 0
