--TEST--
A program in a PHAR whose children load two hundred classes each from it, at the same time as the parent, reads nothing wrong (pain 24)
--EXTENSIONS--
phar
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$archive = sys_get_temp_dir() . '/async-' . getmypid() . '.phar';
file_put_contents("$archive.main", <<<'PHP'
<?php
use function Async\{async, settle};

$held = new Phar(Phar::running()); // while it is held, the first read opens a descriptor that stays
spl_autoload_register(fn(string $class) => require __DIR__ . "/$class.php");
$load = function (int $from, int $count = 200): int {
    $right = 0;
    for ($i = 0; $i < $count; $i++) {
        $class = 'C' . ($from + $i) % 200;
        $right += 'C' . $class::NUMBER === $class && md5($class::NOISE) === $class::HASH;
    }
    return $right;
};
$load(0, 1);
for ($round = 0; $round < 5; $round++) {
    $futures = [];
    for ($i = 0; $i < 8; $i++) {
        $futures[] = async($load, $i * 25);
    }
    if ($round === 4) {
        echo $load(0), ' in the parent', "\n";
    }
    foreach (settle($futures) as $future) {
        echo $future->error()?->getMessage() ?? $future->await(), ' ';
    }
    echo "\n";
}
PHP);
echo php('
    $phar = new Phar(' . var_export($archive, true) . ');
    for ($i = 0; $i < 200; $i++) {
        $noise = base64_encode(random_bytes(1 + 3000 * ($i % 7)));
        $phar["C$i.php"] = "<?php final class C$i { const NUMBER = $i; const NOISE = \'$noise\'; const HASH = \'" . md5($noise) . "\'; }";
    }
    $phar->addFile(' . var_export("$archive.main", true) . ', "main.php");
    $phar->setStub("<?php Phar::mapPhar(\'program\'); require \'phar://program/main.php\'; __HALT_COMPILER(); ?>");
', '-d phar.readonly=0');
passthru(php_command() . " $archive 2>&1");
array_map('unlink', glob("$archive*"));
?>
--EXPECT--
exit 0
200 200 200 200 200 200 200 200 
200 200 200 200 200 200 200 200 
200 200 200 200 200 200 200 200 
200 200 200 200 200 200 200 200 
200 in the parent
200 200 200 200 200 200 200 200 
