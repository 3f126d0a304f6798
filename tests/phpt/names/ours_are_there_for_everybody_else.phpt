--TEST--
The names mean ours where nobody declares them, whatever else is compiled, asked for or fails to compile
--FILE--
<?php
require __DIR__ . '/libraries.inc';

$main = <<<'PHP'
    function uses(): string { return await([async(fn() => 'ours')])[0] . ' ' . Pool::create()::class; }
    if (!extension_loaded('async')) { function async() { return 'a substitute'; } class Pool {} }
    echo json_encode([function_exists('async'), function_exists('await'), class_exists('Pool'), is_callable('async'), function_exists('Async\async')]), "\n";
    spl_autoload_register(function (string $class) { echo "looked for $class\n"; });
    echo uses(), "\n";
    try { include __DIR__ . '/broken.php'; } catch (ParseError) { echo "broken\n"; }
    try { eval('function ('); } catch (ParseError) { echo "broken\n"; }
    eval('namespace Other; function async() {} class Pool {}');
    echo uses(), ' ', implode(array_map('await', array_map('async', [fn() => 'by name']))), "\n";
    echo json_encode([function_exists('async'), class_exists('Pool'), new Pool() instanceof Async\Pool, (new ReflectionFunction('async'))->isInternal()]), "\n";
    register_shutdown_function(fn() => print((fn() => Pool::create()::class . await([async(fn() => ' in the end')])[0])() . "\n"));
    include __DIR__ . '/fatal.php';
    PHP;
// Without hygiene.php, which closes the file that is being compiled when the fatal error comes: PHP itself does not bear that.
echo everywhere(['main.php' => $main, 'broken.php' => 'function broken( {', 'fatal.php' => 'class Twice { function f() {} function f() {} }'], '-d display_errors=0 -d auto_prepend_file='), "\n";
?>
--EXPECT--
[false,false,false,true,true]
looked for Pool
ours Async\Pool
broken
broken
ours Async\Pool by name
[false,false,true,true]
Async\Pool in the end
