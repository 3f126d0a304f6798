--TEST--
Under the built-in web server every use is an UnsupportedException, and the extension says so before (pain 37)
--SKIPIF--
<?php
if (!function_exists('proc_open')) { echo 'skip needs proc_open'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

echo web(<<<'PHP'
    var_dump(PHP_SAPI, Pool::isSupported());
    foreach ([fn() => async(fn() => 1), function () { $pool = new Pool(); $pool[] = fn() => 1; return await($pool); }] as $use) {
        try {
            $use();
            echo "no exception\n";
        } catch (UnsupportedException $e) {
            echo get_class($e), ' ', str_contains($e->getMessage(), 'cli-server') ? 'names it' : $e->getMessage(), "\n";
        }
    }
    var_dump(cpus() >= 1);
    PHP);
?>
--EXPECT--
string(10) "cli-server"
bool(false)
Async\UnsupportedException names it
Async\UnsupportedException names it
bool(true)
