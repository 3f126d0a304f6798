--TEST--
A task that loses its parent inside of what the engine protects ends when it is outside, and in any case soon
--EXTENSIONS--
ffi
--SKIPIF--
<?php
require __DIR__ . '/../../support/protected.php';
if (!has_protected_sections()) { die('skip this PHP has no sections that can be asked for'); }
?>
--FILE--
<?php
require __DIR__ . '/../../support/sync.php';

$told = tempnam(sys_get_temp_dir(), 'async');
foreach (['leaves' => 'leave_section();', 'stays' => ''] as $name => $then) {
    $script = new Script('
        require ' . var_export(realpath(__DIR__ . '/../../support/protected.php'), true) . ';
        $notes = new Notes();
        $parent = getmypid();
        $future = async(function () use ($notes, $parent) {
            enter_section();
            $notes->write(getmypid());
            while (posix_getppid() === $parent) { usleep(1000); }
            file_put_contents(' . var_export($told, true) . ', "stayed inside");
            ' . $then . '
            while (true) { sleep(1); }
        })->start();
        echo $notes->next(), "\n";
        await($future);
    ');
    $pid = (int) $script->line();
    $script->signal(SIGKILL);
    ended($pid);
    $script->end();
    echo "$name: ", file_get_contents($told), ", gone\n";
    file_put_contents($told, '');
}
unlink($told);
?>
--EXPECT--
leaves: stayed inside, gone
stays: stayed inside, gone
