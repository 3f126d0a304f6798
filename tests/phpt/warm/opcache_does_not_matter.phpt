--TEST--
Tasks are sent with opcache as without, with its file cache, and with each JIT
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$directory = sys_get_temp_dir() . '/async-opcache-' . getmypid();
mkdir($directory);
$script = $directory . '/script.php';
file_put_contents($script, '<?php
    require ' . var_export(dirname(__DIR__, 2) . '/support/sync.php', true) . ';
    require ' . var_export(dirname(__DIR__, 2) . '/support/warm.php', true) . ';
    trait Closes { public function closure() { return fn($x) => fn() => [self::class, $x, $this->n]; } }
    final class A { use Closes; private int $n = 3; public function m() { return $this->n; } public static function s() { return 4; } }
    function adds($x) { return $x + 1; }
    function hot($n) { $sum = 0; for ($i = 0; $i < $n; $i++) { $sum += $i % 7; } return $sum; }
    $pool = warm();
    $x = 5;
    $expected = hot(100_000); // compiled here, perhaps not there
    $included = include __DIR__ . "/included.php";
    echo sent($pool, fn() => $x), sent($pool, (new A())->closure()(6)), sent($pool, [new A(), "m"]), sent($pool, A::s(...)),
        sent($pool, Async\async(adds(...), 7)), sent($pool, $included), sent($pool, fn() => hot(100_000) === $expected),
        sent($pool, eval("return fn() => 9;")), "\n";
    ');
file_put_contents("$directory/included.php", '<?php return static function () { static $n = 8; return $n++; };');
$opcache = opcache() . ' -d opcache.enable_cli=1 -d opcache.file_update_protection=0';
$variants = [
    'opcache' => $opcache,
    'again, from the file cache' => "$opcache -d opcache.file_cache=$directory",
    'file cache only' => "$opcache -d opcache.file_cache=$directory -d opcache.file_cache_only=1",
    'tracing JIT' => "$opcache -d opcache.jit_buffer_size=16M -d opcache.jit=tracing",
    'function JIT' => "$opcache -d opcache.jit_buffer_size=16M -d opcache.jit=function",
];
foreach ($variants as $name => $ini) {
    echo "$name: ", exec(php_command("$ini $script")), "\n";
}
exec("rm -r $directory");
?>
--EXPECT--
opcache: 5 (Sent)["A",6,3] (Sent)3 (Sent)4 (Sent)8 (Sent)8 (Sent)true (Sent)9 (Sent)
again, from the file cache: 5 (Sent)["A",6,3] (Sent)3 (Sent)4 (Sent)8 (Sent)8 (Sent)true (Sent)9 (Sent)
file cache only: 5 (Sent)["A",6,3] (Sent)3 (Sent)4 (Sent)8 (Sent)8 (Sent)true (Sent)9 (Sent)
tracing JIT: 5 (Sent)["A",6,3] (Sent)3 (Sent)4 (Sent)8 (Sent)8 (Sent)true (Sent)9 (Sent)
function JIT: 5 (Sent)["A",6,3] (Sent)3 (Sent)4 (Sent)8 (Sent)8 (Sent)true (Sent)9 (Sent)
