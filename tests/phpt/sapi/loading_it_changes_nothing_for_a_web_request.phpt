--TEST--
Loading the extension changes nothing for a web request that does not use it
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

echo web('echo "plain ", json_encode(extension_loaded("async")), "\n";');
?>
--EXPECT--
plain true
