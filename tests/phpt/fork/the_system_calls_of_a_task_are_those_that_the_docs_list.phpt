--TEST--
Between fork and exit a task makes the system calls that docs/architecture.md lists, and no others
--SKIPIF--
<?php
if (trim((string) shell_exec('command -v strace')) === '') { die('skip needs strace'); }
if (trim((string) shell_exec('strace -qq -e trace=none echo traced 2>/dev/null')) !== 'traced') { die('skip strace may not trace here'); }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$page = file_get_contents(__DIR__ . '/../../../docs/architecture.md');
preg_match_all('/^\| (`[\w`, ]+`) \|/m', strstr(strstr($page, '| system call |'), "\n\n", true), $rows);
preg_match_all('/\w+/', implode(' ', $rows[1]), $listed);
$listed = $listed[0];

$trace = tempnam(sys_get_temp_dir(), 'async');
$output = php('
    await(async(fn() => 1)); // what only the first one does
    $future = async(fn() => 42);
    echo await($future), " by ", $future->pid(), "\n";
', under: "strace -f -qq -e signal=none -o $trace");
preg_match('/^42 by (\d+)$/m', $output, $found) || print($output);
preg_match_all("/^$found[1] +(\w+)\(/m", file_get_contents($trace), $calls);
unlink($trace);
$made = array_values(array_unique($calls[1]));
check('in the list', array_diff($made, $listed) === [], array_diff($made, $listed));
check('in the trace', array_diff($listed, $made) === [], array_diff($listed, $made));
?>
--EXPECT--
in the list: yes
in the trace: yes
