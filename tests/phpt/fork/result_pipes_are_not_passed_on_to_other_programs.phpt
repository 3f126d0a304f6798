--TEST--
Descriptors of the extension are not passed on to programs that are started, in the parent or in a child (pains 24 and 48)
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$list = 'for f in /proc/$$/fd/*; do readlink $f; done';
$gate = new Gate();
$before = explode("\n", trim(shell_exec($list)));
$future = async(function () use ($gate, $list) { $gate->pass(); return explode("\n", trim(shell_exec($list))); });
$during = explode("\n", trim(shell_exec($list)));
$kinds = fn(array $links) => count(preg_grep('/pipe:|socket:|anon_inode/', $links));
var_dump($kinds($during) === $kinds($before));
$gate->open();
var_dump($kinds(await($future)) === $kinds($before));
?>
--EXPECT--
bool(true)
bool(true)
