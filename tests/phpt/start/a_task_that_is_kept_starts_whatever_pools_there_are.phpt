--TEST--
A task that its statement keeps starts at once, whatever pools there are
--FILE--
<?php
require __DIR__ . '/statements.inc';

statements('kept_starts');
?>
--EXPECT--
plain: 30 right, 30 right, 30 right
opcache: 30 right, 30 right, 30 right
tracing: 30 right, 30 right, 30 right
function: 30 right, 30 right, 30 right
