--TEST--
A task that goes into a pool in the statement that makes it, or in the next one, waits for a slot of the pool
--FILE--
<?php
require __DIR__ . '/statements.inc';

statements('pooled_waits');
?>
--EXPECT--
plain: 15 right, 17 ended, 15 right, 17 ended, 15 right, 17 ended
opcache: 15 right, 17 ended, 15 right, 17 ended, 15 right, 17 ended
tracing: 15 right, 17 ended, 15 right, 17 ended, 15 right, 17 ended
function: 15 right, 17 ended, 15 right, 17 ended, 15 right, 17 ended
