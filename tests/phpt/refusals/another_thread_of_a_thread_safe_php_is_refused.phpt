--TEST--
In another thread of a thread-safe PHP, and beside one, each use is refused and says why; the main thread goes on after it
--SKIPIF--
<?php
if (!PHP_ZTS) { echo 'skip needs a thread-safe PHP'; }
if (!is_executable(trim((string) shell_exec('command -v cc')))) { echo 'skip needs a C compiler for the extension'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/compile.php';

$directory = sys_get_temp_dir() . '/async-php-thread-' . getmypid();
mkdir($directory);
$extension = compiled('php_thread', $directory);
echo php(<<<'PHP'
    const TRIES = <<<'TRIES'
        foreach ([fn() => Async\async(fn() => 1), fn() => (new Async\Pool())->add(fn() => 1), fn() => Async\cpus()] as $use) {
            try {
                $use();
                echo "allowed\n";
            } catch (Async\UnsupportedException $e) {
                echo $e->getMessage(), "\n";
            }
        }
        var_dump(Async\Pool::isSupported());
        TRIES;

    echo "in another thread\n";
    $before = async(fn() => 'started before');
    in_thread(TRIES);
    in_thread('function async() { return "its own"; } echo async(), "\n";');
    echo await($before), "\n";

    echo "beside another thread\n";
    thread_starts();
    eval(TRIES);
    thread_ends();

    echo "after it\n";
    $pool = Pool::create()->tasksPerChild(10);
    foreach (range(1, 5) as $i) {
        $pool[$i] = fn() => $i * $i;
    }
    echo implode(' ', await($pool)), "\n";
    PHP, "-d extension=$extension");
unlink($extension);
rmdir($directory);
?>
--EXPECT--
in another thread
tasks belong to the main thread of PHP: this code runs in another one, which a forked process would not have
tasks belong to the main thread of PHP: this code runs in another one, which a forked process would not have
allowed
bool(false)
its own
started before
beside another thread
tasks cannot be started while another thread of this process runs PHP: a forked process would have only the thread that forks, and whatever the other one holds would stay locked in it; end that thread first
tasks cannot be started while another thread of this process runs PHP: a forked process would have only the thread that forks, and whatever the other one holds would stay locked in it; end that thread first
allowed
bool(true)
after it
1 4 9 16 25
exit 0
