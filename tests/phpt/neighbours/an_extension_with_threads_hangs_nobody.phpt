--TEST--
Beside an extension that waits for its thread at the end and keeps a lock over forks, children end in every way, and nothing hangs (pain 23)
--SKIPIF--
<?php
if (!is_executable(trim((string) shell_exec('command -v cc')))) { echo 'skip needs a C compiler for the extension'; }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/compile.php';

$directory = sys_get_temp_dir() . '/async-threads-' . getmypid();
mkdir($directory);
$extension = compiled('threads', $directory);
echo php(<<<'PHP'
    echo threads(), " forks here\n";
    $ways = [
        fn() => threads(),
        fn() => await(async(fn() => threads())),
        fn() => throw new DomainException((string) threads()),
        fn() => exit(threads()),
        fn() => trigger_error((string) threads(), E_USER_ERROR),
    ];
    for ($i = 0; $i < 100; $i++) {
        $futures[] = async($ways[$i % 5]);
    }
    foreach (settle($futures) as $future) {
        $told[] = $future->error() ? get_class($future->error()) : $future->await();
    }
    foreach (array_count_values($told) as $what => $times) {
        echo $what, ': ', $times, "\n";
    }
    PHP, "-d extension=$extension -d display_errors=0");
unlink($extension);
rmdir($directory);
?>
--EXPECT--
0 forks here
1: 20
2: 20
DomainException: 20
Async\ProcessDiedException: 40
exit 0
