--TEST--
Future::resolved() and Future::failed() need no processes: they work under a web server too
--FILE--
<?php
require __DIR__ . '/../../support/web.php';

echo web(<<<'PHP'
    echo json_encode(await(['a' => Future::resolved(1), 'b' => Future::failed(new Exception('x'))->catch(fn(Exception $e) => 2)])), "\n";
    Future::resolved(3)->then(function (int $n) { echo "$n\n"; });
    PHP);
?>
--EXPECT--
{"a":1,"b":2}
3
