--TEST--
exit() in the function that retry() asks ends the script: of tasks with processes of their own, in warm workers, and of a map; the tasks have ended
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['its own process' => 'Pool::create()', 'warm' => 'Pool::create()->tasksPerChild(0)'] as $how => $pool) {
    echo "$how: ", php("\$pool = $pool;" . <<<'PHP'
        $pool->retry(3, if: function () { exit(7); });
        $pool['a'] = fn() => throw new Exception('once');
        $pool['b'] = fn() => 1;
        // What is registered at the end runs after what was started has ended.
        register_shutdown_function(fn() => register_shutdown_function(function () use ($pool) {
            echo count($pool->getFailed()), ' failed, ', count($pool->getInProgress()), " in progress\n";
        }));
        await($pool);
        PHP, '-d display_errors=0', '', 'timeout 20');
}
echo 'map: ', php(<<<'PHP'
    $pool = Pool::create()->retry(3, if: function () { exit(7); });
    foreach ($pool->map([1, 2, 3], fn($x) => throw new Exception("$x")) as $x) {}
    PHP, '', '', 'timeout 20');
?>
--EXPECT--
its own process: 1 failed, 0 in progress
exit 7
warm: 1 failed, 0 in progress
exit 7
map: 
exit 7
