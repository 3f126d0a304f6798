--TEST--
Under FPM every use is an UnsupportedException (pain 37)
--SKIPIF--
<?php
require __DIR__ . '/../../support/web.php'; if (fpm_binary() === null) { echo 'skip no php-fpm of this version here'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

echo fpm(<<<'PHP'
    var_dump(PHP_SAPI, Pool::isSupported());
    try {
        async(fn() => 1);
    } catch (UnsupportedException $e) {
        echo get_class($e), ' ', str_contains($e->getMessage(), 'fpm-fcgi') ? 'names it' : $e->getMessage(), "\n";
    }
    PHP);
?>
--EXPECT--
string(8) "fpm-fcgi"
bool(false)
Async\UnsupportedException names it
