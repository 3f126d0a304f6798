--TEST--
While a Pool is alive a task that is handed on waits to be added to one
--FILE--
<?php
require __DIR__ . '/statements.inc';

statements('handed_on_waits');
?>
--EXPECT--
plain: 10 right, 10 right, 10 right
opcache: 10 right, 10 right, 10 right
tracing: 10 right, 10 right, 10 right
function: 10 right, 10 right, 10 right
