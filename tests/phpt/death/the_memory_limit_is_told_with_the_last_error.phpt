--TEST--
The memory limit is told with PHP's last error, its file and its line (pain 2)
--INI--
display_errors=0
memory_limit=64M
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$e = failure(async(function () {
    return strlen(str_repeat('x', 100 << 20)); // this line
}));
var_dump($e::class, $e->exitCode, $e->signal);
var_dump(preg_match('/^Allowed memory size of \d+ bytes exhausted/', $e->lastError), $e->lastErrorFile === __FILE__);
var_dump(str_contains(file(__FILE__)[$e->lastErrorLine - 1], 'this line'), str_contains($e->getMessage(), 'Allowed memory size'));
?>
--EXPECT--
string(26) "Async\ProcessDiedException"
int(255)
NULL
int(1)
bool(true)
bool(true)
bool(true)
