--TEST--
What an onExit() hook throws is a warning in the child's output, and no hook lasts longer than async.kill_grace
--INI--
async.kill_grace=0.2
--FILE--
<?php
use Async\Pool;
use function Async\await;

require __DIR__ . '/../../support/sync.php';

$printed = php(<<<'PHP'
ini_set('display_errors', 'stderr');
ini_set('html_errors', '0');
$pool = Pool::create();
$pool->onExit(fn() => throw new DomainException('of a hook'));
$pool->onExit(fn() => exit(3));
$pool->onExit(function () { echo "the third\n"; });
await($pool->add(fn() => 'value')) === 'value' or exit(1);
PHP, '-d log_errors=0');
$lines = array_filter(explode("\n", $printed));
sort($lines);
echo implode("\n", $lines), "\n";

$notes = new Notes();
foreach (['isolated' => 1, 'warm' => 0] as $kind => $tasks) {
    $closed = new Gate();
    $pool = Pool::create()->tasksPerChild($tasks)->onExit(function () use ($closed, $notes) {
        $notes->write(getmypid());
        $closed->never();
    });
    echo $kind, ' ', await($pool->add(fn() => 'value')), ' ';
    unset($pool);
    ended((int) $notes->next());
    echo "ended\n";
}
echo told(fn() => Pool::create()->onExit('nothing')), "\n";
echo told(fn() => Pool::create()->onExit(null)), "\n";
?>
--EXPECTF--
Warning: Unhandled exception of an onExit() hook: DomainException: of a hook in %s on line %d
exit 0
the third
isolated value ended
warm value ended
TypeError: Async\Pool::onExit(): Argument #1 ($fn) must be a valid callback, function "nothing" not found or invalid function name
TypeError: Async\Pool::onExit(): Argument #1 ($fn) must be a valid callback, no array or string given
