--TEST--
A bad value is a startup warning that names the entry, and the default
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

foreach (['concurrency' => '-1', 'max_children' => 'many', 'timeout' => '-2', 'kill_grace' => 'soon', 'at_exit' => 'perhaps', 'notifier' => 'pigeon', 'unsupported' => 'ignore', 'mode' => 'threads'] as $name => $value) {
    $output = shell_exec(php_command("-d async.$name=$value") . ' -r ' . escapeshellarg("echo '<', ini_get('async.$name'), '>', Async\\await(Async\\async(fn() => 'works'));") . ' 2>&1');
    preg_match('/Warning: .*/', $output, $warning);
    echo $name, ': ', str_contains($warning[0] ?? '', "async.$name") ? 'a warning' : 'NO WARNING', strstr($output, '<'), "\n";
}
?>
--EXPECT--
concurrency: a warning<0>works
max_children: a warning<0>works
timeout: a warning<0>works
kill_grace: a warning<1.0>works
at_exit: a warning<wait>works
notifier: a warning<thread>works
unsupported: a warning<throw>works
mode: a warning<process>works
