--TEST--
disable_functions of pcntl, posix and proc_open does not matter (pain 46)
--INI--
disable_functions=pcntl_fork,pcntl_waitpid,pcntl_wait,pcntl_signal,posix_kill,proc_open,exec,shell_exec
--FILE--
<?php
use Async\Pool;
use function Async\{async, await};

var_dump(Pool::isSupported());
echo implode(' ', await([async(fn() => 'a'), async(fn() => 'b')])), "\n";
$future = async(fn() => sleep(60));
var_dump($future->cancel());
?>
--EXPECT--
bool(true)
a b
bool(true)
