--TEST--
A parent that ends by a fatal error, its memory limit, exit or an exception leaves no child (pain 34)
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach ([
    'fatal' => 'trigger_error("x", E_USER_ERROR);',
    'memory' => 'str_repeat("x", 1 << 30);',
    'exit' => 'exit(3);',
    'exception' => 'throw new DomainException("x");',
] as $name => $end) {
    $script = new Script('
        $ready = new Gate();
        $future = async(function () use ($ready) { $ready->open(); while (true) { sleep(60); } });
        $ready->pass();
        echo $future->pid(), "\n";
        ' . $end, '-d async.at_exit=kill -d display_errors=0 -d error_reporting=0');
    $pid = (int) $script->line();
    echo $name, ': ', $script->end(), "\n";
    ended($pid);
}
?>
--EXPECT--
fatal: 255
memory: 255
exit: 3
exception: 255
