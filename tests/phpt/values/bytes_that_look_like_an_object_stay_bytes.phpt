--TEST--
Bytes that look like a serialized object make none, wherever a task puts them: only a value that holds an object does (pain 48)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

final class Gadget
{
    public static int $woken = 0;
    public function __wakeup() { self::$woken++; }
    public function __destruct() { self::$woken++; }
}
$looks = serialize(['x' => (new ReflectionClass('Gadget'))->newInstanceWithoutConstructor()]);
Gadget::$woken = 0;
final class Told extends Exception { public mixed $data; }
$task = function (string $looks) {
    echo $looks, "\n";
    return [$looks, [$looks => $looks], "\x81\xa1x" . $looks, base64_encode($looks)];
};
$throw = function (string $looks) { $e = new Told($looks); $e->data = [$looks]; throw $e; };
var_dump(await(async($task, $looks)) === [$looks, [$looks => $looks], "\x81\xa1x" . $looks, base64_encode($looks)]);
$e = failure(async($throw, $looks));
var_dump($e->getMessage() === $looks, $e->data === [$looks]);
var_dump(str_contains(failure(async(fn() => exit("$looks\n")))->getMessage(), 'exit'));
var_dump(Gadget::$woken);
?>
--EXPECT--
a:1:{s:1:"x";O:6:"Gadget":0:{}}
bool(true)
bool(true)
bool(true)
a:1:{s:1:"x";O:6:"Gadget":0:{}}
bool(true)
int(0)
