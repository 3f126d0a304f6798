--TEST--
Tasks work with opcache, and children compile files that nobody has seen at the same time as the parent (pain 39)
--EXTENSIONS--
opcache
--INI--
opcache.enable_cli=1
--FILE--
<?php
use function Async\{async, await};

$directory = sys_get_temp_dir() . '/async-opcache-' . getmypid();
mkdir($directory);
for ($i = 0; $i < 100; $i++) {
    file_put_contents("$directory/$i.php", "<?php class C{$i}_" . getmypid() . " { public static function f(): string { return hash('sha256', '$i'); } } return C{$i}_" . getmypid() . "::f();");
}
$all = fn() => array_map(fn($i) => require "$directory/$i.php", range(0, 99));
$futures = [];
for ($i = 0; $i < 8; $i++) {
    $futures[] = async($all);
}
$own = $all();
foreach (await($futures) as $value) {
    echo $value === $own && $value[7] === hash('sha256', '7') ? 'same ' : 'OTHER ';
}
echo "\n";
array_map('unlink', glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
same same same same same same same same
