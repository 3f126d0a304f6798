--TEST--
Handlers run at the end of the script at the latest
--FILE--
<?php
use function Async\async;

async(fn() => usleep(10_000))->then(function () { echo "handled\n"; });
echo "end of the script\n";
?>
--EXPECT--
end of the script
handled
