--TEST--
The coverage that Xdebug or pcov gathers in the parent goes on over tasks, and what only a child ran is not in it (pain 40)
--SKIPIF--
<?php
require __DIR__ . '/beside.inc'; beside('-d zend_extension=xdebug'); beside('-d extension=pcov');
?>
--FILE--
<?php
require __DIR__ . '/beside.inc';

$file = sys_get_temp_dir() . '/async-covered-' . getmypid() . '.php';
file_put_contents($file, <<<'PHP'
<?php
return [
    'parent' => function () {
        return 'parent';
    },
    'child' => function () {
        return 'child';
    },
];
PHP);
$run = '[$parent, $child] = array_values(require getenv("COVERED")); echo await(async($child)), " ", $parent(), "\n"; $covered = array_keys(array_filter(%s, fn($n) => $n > 0)); echo implode(" ", array_intersect($covered, [4, 7])), "\n";';
echo php('xdebug_start_code_coverage(); ' . sprintf($run, 'xdebug_get_code_coverage()[getenv("COVERED")]'), '-d zend_extension=xdebug -d xdebug.mode=coverage', "COVERED=$file");
echo php('\pcov\start(); ' . sprintf($run, '\pcov\collect(\pcov\inclusive, [getenv("COVERED")])[getenv("COVERED")]'), '-d extension=pcov -d pcov.enabled=1 -d pcov.directory=/', "COVERED=$file");
unlink($file);
?>
--EXPECT--
child parent
4
exit 0
child parent
4
exit 0
