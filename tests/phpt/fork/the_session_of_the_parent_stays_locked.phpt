--TEST--
The session of the parent stays locked and open when children end, however they do (pain 19)
--INI--
session.save_handler=files
session.use_cookies=0
session.cache_limiter=
session.save_path=/tmp
display_errors=0
--FILE--
<?php
use function Async\{async, settle};

ob_start();
session_id('asynclocked' . getmypid());
session_start();
$_SESSION['count'] = 1;
settle([
    async(fn() => 1),
    async(fn() => throw new DomainException('x')),
    async(fn() => exit(0)),
    async(fn() => trigger_error('x', E_USER_ERROR)),
    async(fn() => posix_kill(getmypid(), SIGKILL)),
]);
$other = fopen($file = '/tmp/sess_' . session_id(), 'r');
var_dump(session_status() === PHP_SESSION_ACTIVE, flock($other, LOCK_EX | LOCK_NB), file_get_contents($file));
$_SESSION['count']++;
session_write_close();
var_dump(flock($other, LOCK_EX | LOCK_NB), file_get_contents($file));
unlink($file);
?>
--EXPECT--
bool(true)
bool(false)
string(0) ""
bool(true)
string(10) "count|i:2;"
