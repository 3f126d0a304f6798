--TEST--
A handler that exits between the end of a call and the use of its value ends the script as exit() does
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$script = <<<'PHP'
    $work = fn(string ...$all): string => $all[0] ?? '';
    register_shutdown_function(function () { echo error_reporting(), ' '; });
    $ended = 0;
    foreach ([1, 2] as $i) {
        async(fn() => $i)->then(function () use (&$ended) { if (++$ended === 2) { exit(7); } });
    }
    while (true) {
        %s
    }
    PHP;
$call = 'hash_pbkdf2("sha256", "a", "b", 300)';
$loops = [
    'an argument' => "\$work($call);",
    'two' => "\$work($call, $call);",
    'of a method' => "(new ArrayObject)->offsetSet($call, $call);",
    'of a constructor' => "new ArrayIterator([$call]); new DateTimeZone(\$work($call, $call) ? \"UTC\" : $call);",
    'parts of a string' => "\$f = 'hash_pbkdf2'; \$s = \"{\$f('sha256', 'a', 'b', 300)} and {\$f('sha256', 'a', 'b', 300)}, {\$f('sha256', 'a', 'b', 300)}\";",
    'silenced' => "\$s = @$call;",
];
foreach ($loops as $what => $loop) {
    $ends = [];
    for ($i = 0; $i < 5; $i++) {
        $ends[] = strtr(trim(php(sprintf($script, $loop), '-d async.handlers=anywhere -d error_reporting=-1', 'export USE_ZEND_ALLOC=0;', 'timeout -s KILL 20')), "\n", ' ');
    }
    echo "$what: ", implode(', ', array_unique($ends)), "\n";
}
?>
--EXPECT--
an argument: -1 exit 7
two: -1 exit 7
of a method: -1 exit 7
of a constructor: -1 exit 7
parts of a string: -1 exit 7
silenced: -1 exit 7
