--TEST--
Xdebug in develop mode exports the arguments of functions that an exception leaves: a future among them does not replace it
--SKIPIF--
<?php
require __DIR__ . '/beside.inc'; beside('-d zend_extension=xdebug');
?>
--FILE--
<?php
require __DIR__ . '/beside.inc';

echo php(<<<'PHP'
    function leave(mixed $future): void { throw new LogicException('mine'); }
    $future = async(fn() => 1);
    $ways = [
        'await' => fn() => await(async(fn() => throw new LogicException('mine'))),
        'an argument' => fn() => leave($future),
        'in an array' => fn() => leave([[$future]]),
        'in an object' => fn() => leave((object) ['f' => $future]),
        'var_export' => fn() => var_export($future, true),
        'var_export of an array' => fn() => var_export([$future], true),
    ];
    foreach ($ways as $way => $do) {
        $e = failure($do);
        echo $way, ': ', $e::class, ' ', strtok($e->getMessage(), ':'), "\n";
    }
    PHP, '-d zend_extension=xdebug -d xdebug.mode=develop');
?>
--EXPECTF--
await: LogicException mine
an argument: LogicException mine
in an array: LogicException mine
in an object: LogicException mine
var_export: Async\AsyncError the future of task #%d%S cannot be exported, only its value can
var_export of an array: Async\AsyncError the future of task #%d%S cannot be exported, only its value can
exit 0
