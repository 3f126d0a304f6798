--TEST--
A signal that the parent ignores, from its start (nohup, trap '') or later, ends no task, not even when the task gets it
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['HUP' => SIGHUP, 'INT' => SIGINT, 'QUIT' => SIGQUIT, 'TERM' => SIGTERM] as $name => $signal) {
    foreach (['own' => 1, 'stay' => 0] as $kind => $tasks) {
        foreach (['at its start' => "trap '' $name;", 'later' => ''] as $when => $before) {
            $told[$when][] = php('
                $gate = new Gate();
                $begun = new Gate();
                $pool = Pool::create()->tasksPerChild(' . $tasks . ');
                ' . ($before ? '' : "pcntl_signal($signal, SIG_IGN);") . '
                $pool["first"] = function () use ($gate, $begun) { $begun->open(); $gate->pass(); posix_kill(getmypid(), ' . $signal . '); return "fine"; };
                $begun->pass();
                posix_kill(getmypid(), ' . $signal . ');
                $gate->open();
                $pool["second"] = fn() => "too";
                echo implode(" ", await($pool));
            ', before: $before);
        }
    }
}
foreach ($told as $when => $lines) {
    echo $when, ': ', count($lines), ' times ', implode(' OR ', array_unique($lines));
}
?>
--EXPECT--
at its start: 8 times fine too
exit 0
later: 8 times fine too
exit 0
