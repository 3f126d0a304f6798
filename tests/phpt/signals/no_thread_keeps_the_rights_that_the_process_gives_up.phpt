--TEST--
When the process gives up its rights, so do its threads; and the script is told of what ends after that
--SKIPIF--
<?php
if (posix_geteuid() !== 0) { die('skip needs root'); }
if (!extension_loaded('ffi')) { die('skip needs ffi'); }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$script = <<<'PHP'
    $users = fn() => implode(' ', array_unique(array_map(
        fn($status) => preg_match('/^Uid:\t(.*)$/m', file_get_contents($status), $ids) ? $ids[1] : '?',
        glob('/proc/self/task/*/status'))));
    [$asks, $asked] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
    $told = null;
    $future = async(function () use ($asked) { fread($asked, 1); return 'told'; })->then(function ($value) use (&$told) { $told = $value; });
    $before = $users();
    HOW
    echo $before, ' -> ', $users(), "\n";
    fwrite($asks, '.');
    for ($until = microtime(true) + 30; !$told && microtime(true) < $until;);
    echo $told, ', ', await(async(posix_geteuid(...))), "\n";
PHP;
foreach (['posix_setuid(65534);', 'posix_seteuid(65534);', 'posix_setgid(65534); posix_setuid(65534);',
    'FFI::cdef("int setuid(unsigned);", "libc.so.6")->setuid(65534);'] as $how) {
    echo php(str_replace('HOW', $how, $script));
}
?>
--EXPECT--
0	0	0	0 -> 65534	65534	65534	65534
told, 65534
exit 0
0	0	0	0 -> 0	65534	0	65534
told, 65534
exit 0
0	0	0	0 -> 65534	65534	65534	65534
told, 65534
exit 0
0	0	0	0 -> 65534	65534	65534	65534
told, 65534
exit 0
