--TEST--
A warning, a notice and output on stderr are no failure (pain 15)
--INI--
display_errors=0
--FILE--
<?php
use function Async\{async, await};

echo await(async(function () {
    trigger_error('warning', E_USER_WARNING);
    trigger_error('deprecated', E_USER_DEPRECATED);
    echo @$undefined;
    return 5;
})), "\n";
?>
--EXPECT--
5
