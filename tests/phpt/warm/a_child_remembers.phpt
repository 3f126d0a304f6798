--TEST--
A warm worker remembers what it had at its fork and what its tasks did: variables, statics, files, ini settings, handlers
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';
require __DIR__ . '/../../support/warm.php';

final class Holds
{
    public static int $n = 1;
}

function counts()
{
    static $n = 0;
    return ++$n;
}

$global = 1;
$file = tempnam(sys_get_temp_dir(), 'async');
file_put_contents($file, '<?php return 1;');
$pool = warm();
$global = Holds::$n = 100; // after the fork: the child does not see it
$tasks = [
    'a global' => fn() => [++$GLOBALS['global'], ++$GLOBALS['global']],
    'a global again' => fn() => ++$GLOBALS['global'],
    'a static property' => fn() => ++Holds::$n,
    'a static property again' => fn() => ++Holds::$n,
    'a static variable' => fn() => counts(),
    'a static variable again' => fn() => counts(),
    'a stream' => function () { $GLOBALS['stream'] = fopen('php://memory', 'w+'); return fwrite($GLOBALS['stream'], 'one'); },
    'a stream again' => function () { fwrite($GLOBALS['stream'], 'two'); rewind($GLOBALS['stream']); return stream_get_contents($GLOBALS['stream']); },
    'an included file' => fn() => include_once $file,
    'an included file again' => fn() => include_once $file,
    'settings' => function () { ini_set('precision', '3'); date_default_timezone_set('Asia/Tokyo'); putenv('ASYNC_TEST=set'); chdir('/'); setlocale(LC_CTYPE, 'C'); },
    'settings again' => fn() => [ini_get('precision'), date_default_timezone_get(), getenv('ASYNC_TEST'), getcwd(), setlocale(LC_CTYPE, 0)],
    'an error handler' => function () { set_error_handler(fn() => true); },
    'an error handler again' => function () { echo $undefined; return 'silent'; },
    'random numbers' => function () { mt_srand(5); return mt_rand(0, 9); },
    'random numbers again' => fn() => mt_rand() === (function () { mt_srand(5); mt_rand(); return mt_rand(); })(),
];
foreach ($tasks as $name => $task) {
    echo "$name: ", sent($pool, $task), "\n";
}
echo 'here: ', $global, ' ', Holds::$n, ' ', counts(), "\n";
unlink($file);
?>
--EXPECTF--
a global: [2,3] (Sent)
a global again: 4 (Sent)
a static property: 2 (Sent)
a static property again: 3 (Sent)
a static variable: 1 (Sent)
a static variable again: 2 (Sent)
a stream: 3 (Sent)
a stream again: "onetwo" (Sent)
an included file: 1 (Sent)
an included file again: true (Sent)
settings: null (Sent)
settings again: ["3","Asia\/Tokyo","set","\/","C"] (Sent)
an error handler: null (Sent)
an error handler again: "silent" (Sent)
random numbers: %d (Sent)
random numbers again: true (Sent)
here: 100 100 1
