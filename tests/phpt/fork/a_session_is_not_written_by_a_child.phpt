--TEST--
A session of the parent is not written by a child (pain 19)
--INI--
session.save_handler=files
session.use_cookies=0
session.cache_limiter=
session.save_path=/tmp
--FILE--
<?php
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

ob_start();
session_id('async' . getmypid());
session_start();
$_SESSION['by'] = 'parent';
await(async(function () { $_SESSION['by'] = 'child'; }));
failure(async(function () { $_SESSION['by'] = 'child'; exit(0); }));
$written = file_get_contents('/tmp/sess_' . session_id());
var_dump(str_contains($written, 'child'));
session_write_close();
echo file_get_contents('/tmp/sess_' . session_id()), "\n";
session_start();
session_destroy();
?>
--EXPECT--
bool(false)
by|s:6:"parent";
