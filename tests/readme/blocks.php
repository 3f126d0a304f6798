<?php

// usage: php tests/readme/blocks.php README.md

declare(strict_types=1);

/** @return array{int, string, string} status, standard output, standard error */
function execute(array $command): array
{
    $error = tmpfile();
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], $error], $pipes);
    $output = stream_get_contents($pipes[1]);
    $status = proc_close($process);
    rewind($error);
    return [$status, $output, stream_get_contents($error)];
}

$readme = file_get_contents($argv[1]);
preg_match_all('/^```(\w*)\n(.*?)^```$/ms', $readme, $blocks, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);

$passed = $failed = 0;
foreach ($blocks as $i => $block) {
    if ($block[1][0] !== 'php') {
        continue;
    }
    $line = substr_count($readme, "\n", 0, $block[0][1]) + 1;
    $code = $block[2][0];
    $script = str_starts_with($code, '<?php');
    $file = sys_get_temp_dir() . '/readme-' . getmypid() . "-$line.php";
    file_put_contents($file, ($script ? '' : '<?php ') . $code);
    $problem = null;
    if ($script) {
        [$status, $output, $error] = execute(['timeout', '60', __DIR__ . '/../../tools/php', $file]);
        // Only a text block that follows at once belongs to the script.
        $next = $blocks[$i + 1] ?? null;
        $between = $next ? substr($readme, $block[0][1] + strlen($block[0][0]), $next[0][1] - $block[0][1] - strlen($block[0][0])) : '';
        $expected = $next && $next[1][0] === 'text' && substr_count($between, "\n\n") < 3 && !str_contains($between, '#') ? $next[2][0] : null;
        if ($status !== 0 || $error !== '') {
            $problem = "status $status\n$output$error";
        } elseif ($expected !== null && rtrim($output) !== rtrim($expected)) {
            $problem = "printed\n$output";
        }
    } else {
        [$status, $output, $error] = execute([PHP_BINARY, '-n', '-d', 'display_errors=1', '-l', $file]);
        $problem = $status === 0 ? null : $output;
    }
    unlink($file);
    $problem === null ? $passed++ : $failed++;
    echo $problem === null ? 'ok   ' : 'FAIL ', $argv[1], ":$line", $problem === null ? '' : ": $problem", "\n";
}
// The table of php.ini is that of the extension.
if (preg_match_all('/^\| `(async\.\w+)` \| `([^`]*)` \| ([^|]+) \|/m', $readme, $rows, PREG_SET_ORDER)) {
    $told = array_map(fn (array $row) => [$row[1] => ['value' => $row[2], 'system' => trim($row[3]) === 'php.ini']], $rows);
    $told = array_merge(...$told);
    ksort($told);
    $list = 'echo json_encode(array_map(fn($e) => ["value" => $e["global_value"], "system" => $e["access"] === INI_SYSTEM], ini_get_all("async")));';
    [, $output, $error] = execute([__DIR__ . '/../../tools/php', '-r', $list]);
    $same = json_encode($told) === $output;
    $same ? $passed++ : $failed++;
    echo $same ? 'ok   ' : 'FAIL ', $argv[1], ', php.ini', $same ? '' : ": the page says\n" . json_encode($told) . "\nPHP says\n$output$error", "\n";
}
echo "$passed passed, $failed failed\n";
exit($failed === 0 && $passed > 0 ? 0 : 1);
