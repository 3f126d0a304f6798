--TEST--
A TLS stream outlives two hundred children: no child says goodbye for it (pain 17)
--EXTENSIONS--
openssl
--INI--
display_errors=0
--SKIPIF--
<?php
require __DIR__ . '/../../support/services.php'; needs('openssl');
?>
--FILE--
<?php
require __DIR__ . '/../../support/services.php';

$connection = tls();
fwrite($connection, "before\n");
echo fgets($connection);

echo two_hundred_children($connection), "\n";

fwrite($connection, "after\n");
echo fgets($connection);
?>
--EXPECT--
before
300 ended, 240 badly
after
