--TEST--
However a parent ends that has busy and idle warm workers, none of them is left
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

$code = '
    require "' . dirname(__DIR__, 2) . '/support/warm.php";
    $pool = warm(3);
    $pids = [];
    $ready = new Notes();
    $pool[] = $sleep = function () use ($ready) { $ready->write(getmypid()); while (true) { sleep(60); } };
    $pool[] = $sleep;
    while (count($pool->getInProgress()) < 2) {
        $pool->tick();
    }
    echo $ready->next(), " ", $ready->next(), " ", $pool->add(fn() => getmypid())->await(), "\n";
    ';
foreach ([SIGINT, SIGTERM, SIGHUP, SIGKILL] as $signal) {
    $script = new Script($code . '$pool->wait();');
    $pids = array_map('intval', explode(' ', $script->line()));
    $script->signal($signal);
    echo $script->end() === 128 + $signal ? 'by the signal' : 'OTHERWISE', ', ';
    ended(...$pids);
    echo count(array_unique($pids)), " children gone\n";
}
foreach (['exit(0);' => '', 'nothing();' => '-d display_errors=0'] as $end => $ini) {
    $script = new Script($code . $end, "-d async.at_exit=kill $ini");
    $pids = array_map('intval', explode(' ', $script->line()));
    echo $script->end(), ', ';
    ended(...$pids);
    echo count(array_unique($pids)), " children gone\n";
}
?>
--EXPECT--
by the signal, 3 children gone
by the signal, 3 children gone
by the signal, 3 children gone
by the signal, 3 children gone
0, 3 children gone
255, 3 children gone
