--TEST--
Awaiting works in a shutdown function and in a destructor
--FILE--
<?php
use Async\Future;
use function Async\{async, await};

final class Last
{
    public function __construct(private Future $future) {}
    public function __destruct() { echo await($this->future), "\n"; }
}
register_shutdown_function(function () {
    echo await(async(fn() => 'in a shutdown function')), "\n";
});
$last = new Last(async(fn() => 'in a destructor'));
unset($last);
echo "end of the script\n";
?>
--EXPECT--
in a destructor
end of the script
in a shutdown function
