--TEST--
A library that declares the names when ours have been used already means its own; what has used ours goes on
--FILE--
<?php
require __DIR__ . '/libraries.inc';

$main = <<<'PHP'
    function ours(Pool ...$more): string
    {
        $pool = Pool::create();
        $pool[] = async(fn() => 1)->then(fn(int $n) => $n + 1);
        return json_encode(await($pool)) . $pool::class . ' ';
    }
    echo ours(), ours(Async\Pool::create());
    require __DIR__ . '/lib.php';
    require __DIR__ . '/uses.php';
    eval('function typed(Pool $pool) { return $pool::WHOSE; }');
    echo (new ReflectionClass('Pool'))->isInstantiable() ? typed(new Pool()) : 'own Pool', ' ', ours();
    PHP;
unset($files);
foreach (array_diff_key(LIBRARIES, ['autoloaded' => true]) as $kind => $files) {
    echo $kind, ': ', str_replace("\n", ' ', everywhere($files + ['main.php' => $main, 'uses.php' => USES])), "\n";
}
?>
--EXPECT--
plain: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
guarded: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
guarded without autoloaders: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
in an if: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
extends what is loaded later: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
enum: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
interface: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
evaluated: [2]Async\Pool [2]Async\Pool its own  own Pool [2]Async\Pool
