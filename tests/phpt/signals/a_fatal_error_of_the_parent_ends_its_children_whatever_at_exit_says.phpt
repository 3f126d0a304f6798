--TEST--
A parent that ends by a fatal error or its memory limit ends its children, with async.at_exit=wait too (pain 34)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['fatal' => 'trigger_error("x", E_USER_ERROR);', 'memory' => 'str_repeat("x", 1 << 30);'] as $name => $end) {
    $script = new Script('
        $notes = new Notes();
        $future = async(function () use ($notes) {
            async(function () use ($notes) { $notes->write(getmypid()); while (true) { sleep(60); } })->start();
            $notes->write(getmypid());
            while (true) { sleep(60); }
        });
        echo $notes->next(), " ", $notes->next(), "\n";
        ' . $end, '-d async.at_exit=wait -d display_errors=0 -d error_reporting=0');
    $pids = array_map('intval', explode(' ', $script->line()));
    echo $name, ': ', $script->end();
    ended(...$pids);
    echo ', ', count($pids), " gone\n";
}
?>
--EXPECT--
fatal: 255, 2 gone
memory: 255, 2 gone
