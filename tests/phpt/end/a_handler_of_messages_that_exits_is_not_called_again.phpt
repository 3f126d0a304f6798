--TEST--
exit in a handler of Pool::onMessage() ends the script: it is not called again, for whichever task, and no task waits for room in its channel
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['its own process' => 'Pool::create()', 'warm' => 'Pool::create()->tasksPerChild(0)'] as $how => $pool) {
    foreach (['a call' => 'await($pool);', 'a loop' => 'while (true) {}'] as $where => $waits) {
        echo "$how, in $where: ", php("\$pool = $pool; \$wait = function () use (\$pool) { $waits };" . <<<'PHP'
            $pool->onMessage(function (string $message) {
                echo "called ";
                exit(7);
            });
            $task = function () {
                for ($i = 0; $i < 500; $i++) {
                    Async\channel()->send("message $i");
                }
                return 'all sent';
            };
            // What is registered at the end runs after what was started has ended, if nothing exits there. Before the tasks: the first
            // message may come in between.
            register_shutdown_function(fn() => register_shutdown_function(function () use ($pool) {
                echo $pool['a']->await(), ', ', $pool['b']->await();
            }));
            [$pool['a'], $pool['b']] = [$task, $task];
            $wait();
            PHP, '-d display_errors=0 -d async.handlers=anywhere', '', 'timeout 20');
    }
}
// In the wait at the end an exit leaves the shutdown functions that are left out.
echo 'at the end: ', php(<<<'PHP'
    $pool = Pool::create()->handlers(Async\Handlers::Await)->onMessage(function (string $message) {
        echo "called";
        exit(7);
    });
    $pool[] = function () {
        for ($i = 0; $i < 500; $i++) {
            Async\channel()->send("message $i");
        }
    };
    PHP, '-d display_errors=0', '', 'timeout 20');
?>
--EXPECT--
its own process, in a call: called all sent, all sent
exit 7
its own process, in a loop: called all sent, all sent
exit 7
warm, in a call: called all sent, all sent
exit 7
warm, in a loop: called all sent, all sent
exit 7
at the end: called
exit 7
