--TEST--
The stubs say what the extension declares: names, parameters, types, modifiers, parents, cases, properties
--FILE--
<?php
$php = getenv('TEST_PHP_EXECUTABLE');
$root = dirname(__DIR__, 2);
$dump = escapeshellarg(__DIR__ . '/dump.php');

$stubs = shell_exec("$php -n -d display_errors=1 $dump "
    . escapeshellarg("$root/php-stubs/async.php") . ' ' . escapeshellarg("$root/php-stubs/functions.php") . ' 2>&1');
$extension = shell_exec("$php " . getenv('TEST_PHP_EXTRA_ARGS') . " $dump async 2>&1");

$stubs = explode("\n", trim($stubs));
$extension = explode("\n", trim($extension));
$drift = [];
foreach (array_diff($stubs, $extension) as $line) {
    $drift[] = "- $line";
}
foreach (array_diff($extension, $stubs) as $line) {
    $drift[] = "+ $line";
}

$allowed = [];
foreach (file(__DIR__ . '/allowed.txt', FILE_IGNORE_NEW_LINES) as $line) {
    if ($line !== '' && $line[0] !== '#') {
        [$line, $reason] = explode('  # ', $line, 2) + [1 => ''];
        if (trim($reason) === '') {
            echo "allowed without a reason: $line\n";
        }
        $allowed[] = $line;
    }
}
foreach (array_diff($allowed, $drift) as $line) {
    echo "allowed, and not needed any more: $line\n";
}
foreach (array_diff($drift, $allowed) as $line) {
    echo $line, "\n"; // "-": only in the stubs, "+": only in the extension
}
echo 'facts compared: ', count($stubs) > 150 ? 'many' : count($stubs), "\n";
?>
--EXPECT--
facts compared: many
