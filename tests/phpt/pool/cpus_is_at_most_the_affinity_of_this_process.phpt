--TEST--
cpus() is at least one, and no more than the affinity of this process
--FILE--
<?php
use function Async\cpus;

require __DIR__ . '/../../support/sync.php';

preg_match('/^Cpus_allowed:\s*(.+)$/m', file_get_contents('/proc/self/status'), $mask);
$allowed = array_sum(array_map(fn($hex) => substr_count(decbin(hexdec($hex)), '1'), str_split(str_replace(',', '', $mask[1]))));
var_dump(cpus() >= 1, cpus() <= $allowed);

$one = trim(shell_exec('taskset -c ' . (int) preg_replace('/^.*?Cpus_allowed_list:\s*(\d+).*$/s', '$1', file_get_contents('/proc/self/status'))
    . ' ' . php_command() . ' -r ' . escapeshellarg('echo Async\cpus();')));
var_dump($one);
?>
--EXPECT--
bool(true)
bool(true)
string(1) "1"
