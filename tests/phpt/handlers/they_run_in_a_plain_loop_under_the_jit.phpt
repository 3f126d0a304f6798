--TEST--
Handlers run in a plain loop under opcache's JIT (pain 39)
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
opcache.jit=tracing
opcache.jit_buffer_size=16M
--FILE--
<?php
use function Async\async;

set_time_limit(20);
function turn(): bool
{
    $done = false;
    $n = 0;
    async(fn() => 'ended')->then(function () use (&$done) { $done = true; });
    while (!$done) {
        $n++;
    }
    return $done && $n >= 0;
}
for ($i = 0; $i < 5; $i++) {
    var_dump(turn());
}
?>
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
