--TEST--
Handlers run at the end of the script at the latest
--FILE--
<?php
use function Async\async;

require __DIR__ . '/../../support/sync.php';

$gate = new Gate();
async(fn() => $gate->pass())->then(function () { echo "handled\n"; });
echo "end of the script\n";
$gate->open();
?>
--EXPECT--
end of the script
handled
