--TEST--
Functions of files that nothing autoloads, constants and objects of a container are there in a task, and no file is opened for them (pain 13)
--SKIPIF--
<?php
if (trim((string) shell_exec('strace -qq -o /dev/null true 2>&1; echo $?')) !== '0') { echo 'skip needs strace, and the right to use it'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$directory = sys_get_temp_dir() . '/async-loaded-' . getmypid();
mkdir($directory);
file_put_contents("$directory/helpers.php", '<?php const ANSWER = 42; define("Kept\\\\DEFINED", [1]); function config(string $of): string { return Facade::$container->get($of); }');
file_put_contents("$directory/Facade.php", '<?php final class Facade { public static ?Container $container = null; }');
file_put_contents("$directory/Container.php", '<?php final class Container { private array $made = []; public function __construct(private array $factories) {}
    public function get(string $id): mixed { return $this->made[$id] ??= ($this->factories[$id])(); } }');
echo php(<<<'PHP'
    chdir(getenv('LOADED'));
    require 'helpers.php';
    spl_autoload_register(fn(string $class) => require "$class.php");
    Facade::$container = new Container(['name' => fn() => 'configured', 'service' => fn() => new ArrayObject([ANSWER])]);
    $service = Facade::$container->get('service');
    foreach (range(1, 8) as $i) {
        $futures[] = async(fn() => [config('name'), \Kept\DEFINED, $service[0], Facade::$container->get('service') === $service]);
    }
    foreach (await($futures) as $seen) {
        echo json_encode($seen), "\n";
    }
    PHP, '', "LOADED=$directory", "strace -ff -qq -o $directory/calls -e trace=openat,open");
$opened = [];
foreach (glob("$directory/calls.*") as $log) {
    $opened = [...$opened, ...preg_grep('/async-loaded|helpers|Facade|Container/', file($log))];
}
echo count(glob("$directory/calls.*")) > 8 ? '' : "not traced\n", count($opened), " files opened, by all\n";
array_map('unlink', glob("$directory/*"));
rmdir($directory);
?>
--EXPECT--
["configured",[1],42,true]
["configured",[1],42,true]
["configured",[1],42,true]
["configured",[1],42,true]
["configured",[1],42,true]
["configured",[1],42,true]
["configured",[1],42,true]
["configured",[1],42,true]
exit 0
3 files opened, by all
