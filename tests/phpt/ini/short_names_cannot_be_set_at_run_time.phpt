--TEST--
async.short_names cannot be set at run time
--FILE--
<?php
var_dump(@ini_set('async.short_names', '0'), ini_get('async.short_names'));
?>
--EXPECT--
bool(false)
string(1) "1"
