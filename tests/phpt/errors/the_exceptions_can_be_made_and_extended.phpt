--TEST--
The exceptions can be made and extended by hand, for tests of one's own
--FILE--
<?php
use Async\{AsyncException, TimeoutException};
use function Async\async;

require __DIR__ . '/../../support/sync.php';

final class Mine extends TimeoutException {}
$e = new Mine('made by hand', 3, new Exception('before'));
var_dump($e instanceof AsyncException, $e->getMessage(), $e->getCode(), $e->getPrevious()->getMessage(), $e->getLine());
echo told(async(fn() => throw new Mine('from a task'))), "\n";
?>
--EXPECTF--
bool(true)
string(12) "made by hand"
int(3)
string(6) "before"
int(%d)
Mine: from a task
