--TEST--
Warnings, deprecations and text on STDERR are output, not failures, in each mode (pain 15)
--INI--
display_errors=stderr
html_errors=0
log_errors=0
error_reporting=-1
--FILE--
<?php
use Async\{Output, Pool};
use function Async\await;

foreach ([Output::Capture, Output::Discard] as $mode) {
    $future = Pool::create()->output($mode)->add(function () {
        trigger_error('a warning', E_USER_WARNING);
        trigger_error('old', E_USER_DEPRECATED);
        fwrite(STDERR, "text\n");
        return 5;
    });
    echo await($future), ' ', json_encode($future->error()), "\n",
        preg_replace(['~ in /.* on line \d+~', '/^\n/m'], '', $future->errorOutput());
}
?>
--EXPECT--
5 null
Warning: a warning
Deprecated: old
text
5 null
