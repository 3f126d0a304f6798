--TEST--
With opcache and the JIT off, eight children and their parent compile three hundred unseen files each at once, and all of it is right (pain 39)
--SKIPIF--
<?php
require __DIR__ . '/../../support/sync.php'; if (!str_contains(php('echo extension_loaded("Zend OPcache");', opcache()), '1')) { echo 'skip needs opcache'; }
?>
--FILE--
<?php
require __DIR__ . '/opcache.inc';

echo compiled_by_all('off');
?>
--EXPECT--
300 300 300 300 300 300 300 300 300 stored
300 300 300 300 300 300 300 300 300 stored
300 300 300 300 300 300 300 300 300 stored
exit 0
