--TEST--
A parent that dies by a signal leaves no child, kill -9 included (pain 34)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach ([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGKILL] as $signal) {
    $script = new Script('
        $ready = new Gate();
        $pids = [];
        for ($i = 0; $i < 4; $i++) {
            $future = async(function () use ($ready) { $ready->open(); while (true) { sleep(60); } });
            $futures[] = $future;
            $pids[] = $future->pid();
        }
        $ready->pass(4);
        echo implode(" ", $pids), "\n";
        await($futures);
    ');
    $pids = array_map('intval', explode(' ', $script->line()));
    $script->signal($signal);
    echo $signal === SIGKILL ? 137 : 128 + $signal, $script->end() === 128 + $signal ? ' by the signal' : ' OTHERWISE', ', ';
    ended(...$pids);
    echo count($pids), " children gone\n";
}
?>
--EXPECT--
130 by the signal, 4 children gone
143 by the signal, 4 children gone
129 by the signal, 4 children gone
131 by the signal, 4 children gone
137 by the signal, 4 children gone
