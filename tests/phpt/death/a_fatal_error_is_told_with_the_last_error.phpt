--TEST--
A fatal error is told with PHP's last error: E_USER_ERROR, compile time, inheritance, time limit (pain 2)
--INI--
display_errors=0
error_reporting=E_ALL & ~E_DEPRECATED
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

foreach ([
    'user' => fn() => trigger_error('on purpose', E_USER_ERROR),
    'compile' => fn() => eval('function twice() {} function twice() {}'),
    'inheritance' => fn() => eval('class Half implements Countable {}'),
    'time' => function () { set_time_limit(1); while (true); },
] as $name => $task) {
    $e = failure(async($task));
    echo $name, ': ', $e::class, ' ', $e->exitCode, ' ', $e->lastError, "\n";
}
?>
--EXPECTF--
user: Async\ProcessDiedException 255 on purpose
compile: Async\ProcessDiedException 255 Cannot redeclare %Stwice()%S
inheritance: Async\ProcessDiedException 255 Class Half contains 1 abstract method and must therefore be declared abstract or implement the remaining method%S (Countable::count)
time: Async\ProcessDiedException 255 Maximum execution time of 1 second exceeded
