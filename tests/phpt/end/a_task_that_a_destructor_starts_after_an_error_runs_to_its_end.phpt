--TEST--
A task that a destructor or a late shutdown function starts runs to its end, also after an uncaught exception; with at_exit=kill it is ended
--FILE--
<?php
// The look at what is left, which is prepended, is a shutdown function: it comes before these tasks.
require __DIR__ . '/../../support/sync.php';

const CODE = <<<'CODE'
    final class Starts
    {
        public function __destruct() { async(fn() => usleep(50_000) ?? print("ran\n")); }
    }
    await(async(fn() => 1));
    $starts = new Starts();
    throw new DomainException();
    CODE;
$late = 'await(async(fn() => 1)); register_shutdown_function(fn() => register_shutdown_function(fn() => async(fn() => usleep(50_000) ?? print("ran\n")))); throw new DomainException();';
foreach ([CODE, $late] as $code) {
    foreach (['wait', 'kill'] as $how) {
        echo "$how: ", php($code, "-d display_errors=0 -d log_errors=0 -d auto_prepend_file= -d async.at_exit=$how");
    }
}
?>
--EXPECT--
wait: ran
exit 255
kill: 
exit 255
wait: ran
exit 255
kill: 
exit 255
