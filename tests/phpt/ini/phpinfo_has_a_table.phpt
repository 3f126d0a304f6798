--TEST--
phpinfo() has a table, with the version and the entries
--FILE--
<?php
ob_start();
phpinfo(INFO_MODULES);
$text = ob_get_clean();
var_dump(preg_match('/^async support => enabled$/m', $text), preg_match('/^Version => ' . preg_quote(phpversion('async')) . '$/mi', $text),
    preg_match('/^async\.concurrency => 0 => 0$/m', $text));
var_dump(preg_match('/^\d+\.\d+\.\d+/', phpversion('async')));
?>
--EXPECT--
int(1)
int(1)
int(1)
int(1)
