--TEST--
A throwable of a class that the parent can autoload arrives as itself (pain 13)
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

spl_autoload_register(function (string $class) {
    if ($class === 'Lazy') {
        eval('class Lazy extends DomainException {}');
    }
});
echo told(async(fn() => throw new Lazy('loaded on both sides'))), "\n";
?>
--EXPECT--
Lazy: loaded on both sides
