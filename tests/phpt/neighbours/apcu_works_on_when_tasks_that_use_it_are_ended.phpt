--TEST--
Tasks that are ended in the middle of APCu leave no lock behind in its shared memory
--SKIPIF--
<?php
if (!is_file(ini_get('extension_dir') . '/apcu.so')) { die('skip needs apcu'); }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['own' => 1, 'stay' => 0] as $kind => $tasks) {
    $script = new Script('
        for ($round = 0; $round < 30; $round++) {
            $pool = Pool::create()->concurrency(2)->timeout(0.02)->tasksPerChild(' . $tasks . ');
            foreach ([1, 2] as $n) {
                $pool[] = function () use ($n) {
                    async(function () use ($n) { // it goes when its parent has gone, in the middle of it too
                        while (true) { apcu_store("nested $n", str_repeat("v", 5000)); }
                    })->start();
                    while (true) {
                        apcu_store("task $n", str_repeat("v", 5000));
                        apcu_fetch("task $n");
                    }
                };
            }
            settle($pool);
            apcu_store("parent", $round);
            apcu_fetch("parent");
        }
        echo "the parent can still use it\n";
    ', '-d extension=apcu -d apc.enable_cli=1', under: 'timeout -s KILL 25');
    echo "$kind: ", $script->line(), ', exit ', $script->end(), "\n";
}
?>
--EXPECT--
own: the parent can still use it, exit 0
stay: the parent can still use it, exit 0
