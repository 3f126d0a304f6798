--TEST--
An error of the parent is not taken for the child's, nor a warning of the child for its death
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

@trigger_error('of the parent', E_USER_WARNING);
$e = failure(async(fn() => exit(1)));
var_dump($e->lastError === null || !str_contains($e->lastError, 'of the parent'));
var_dump(await(async(fn() => error_get_last())));
echo error_get_last()['message'], "\n";
?>
--EXPECT--
bool(true)
NULL
of the parent
