<?php

// usage: php tests/readme/blocks.php PAGE.md...

declare(strict_types=1);

const PHP_WITH_ASYNC = __DIR__ . '/../../tools/php';
const VENDOR = 'vendor/autoload.php';
const PACKAGES = __DIR__ . '/../support/packages.php'; // stands for it

/** @return array{int, string, string} status, standard output, standard error */
function execute(array $command, string $folder): array
{
    $error = tmpfile();
    $process = proc_open($command, [['file', '/dev/null', 'r'], ['pipe', 'w'], $error], $pipes, $folder);
    $output = stream_get_contents($pipes[1]);
    $status = proc_close($process);
    rewind($error);
    return [$status, $output, stream_get_contents($error)];
}

/** Why a block that uses packages of Composer cannot run here, null if it can. */
function lacks_packages(): ?string
{
    static $lacks = [];
    $code = 'require $argv[1]; exit(class_exists("Revolt\EventLoop") && class_exists("React\Promise\Promise") ? 0 : 1);';
    $lacks[0] ??= execute([realpath(PHP_WITH_ASYNC), '-r', $code, '--', PACKAGES], '.')[0];
    return $lacks[0] === 0 ? null : 'needs revolt/event-loop and react/promise (tools/php-packages)';
}

/** What is wrong with a block, null for nothing. */
function problem_of(string $code, ?string $expected, string $folder): ?string
{
    if (!str_starts_with($code, "<?php\n")) {
        return 'does not begin with <?php: what is copied must run';
    }
    if (str_contains($code, VENDOR)) {
        @mkdir("$folder/vendor");
        file_put_contents("$folder/" . VENDOR, '<?php require ' . var_export(PACKAGES, true) . ';');
    }
    file_put_contents("$folder/script.php", $code);
    [$status, $output, $error] = execute(['timeout', '60', realpath(PHP_WITH_ASYNC), 'script.php'], $folder);
    return match (true) {
        $status !== 0 || $error !== '' => "status $status\n$output$error",
        preg_match('/^(Warning|Notice|Deprecated|Fatal error): /m', $output) === 1 => "printed\n$output",
        $expected !== null && rtrim($output) !== rtrim($expected) => "printed\n$output",
        default => null,
    };
}

/** The anchors that headings have: GitHub's rule. */
function anchors(string $page): array
{
    preg_match_all('/^#+ (.+)$/m', preg_replace('/^```.*?^```$/ms', '', file_get_contents($page)), $headings);
    return array_map(fn (string $heading): string => str_replace(' ', '-', preg_replace('/[^\w\- ]/', '', strtolower($heading))), $headings[1]);
}

$passed = $failed = $skipped = 0;
$report = function (string $where, ?string $problem) use (&$passed, &$failed): void {
    $problem === null ? $passed++ : $failed++;
    echo $problem === null ? 'ok   ' : 'FAIL ', $where, $problem === null ? '' : ": $problem", "\n";
};

$folder = sys_get_temp_dir() . '/readme-' . getmypid();
mkdir($folder);
foreach (array_slice($argv, 1) as $page) {
    $text = file_get_contents($page);
    preg_match_all('/^```(\w*)\n(.*?)^```$/ms', $text, $blocks, PREG_SET_ORDER | PREG_OFFSET_CAPTURE);
    foreach ($blocks as $i => [$whole, $language, $code]) {
        if ($language[0] === 'php') {
            // Only a text block that follows at once belongs to the script.
            $next = $blocks[$i + 1] ?? null;
            $end = $whole[1] + strlen($whole[0]);
            $expected = $next && $next[1][0] === 'text' && trim(substr($text, $end, $next[0][1] - $end)) === '' ? $next[2][0] : null;
            $where = $page . ':' . substr_count($text, "\n", 0, $whole[1]) + 1;
            if (str_contains($code[0], VENDOR) && ($reason = lacks_packages()) !== null) {
                $skipped++;
                echo "skip $where: $reason\n";
                continue;
            }
            $report($where, problem_of($code[0], $expected, $folder));
        }
    }
    // Links within the project.
    preg_match_all('/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/', $text, $links, PREG_SET_ORDER);
    $lost = array_filter($links, function (array $link) use ($page): bool {
        $target = $link[1] === '' ? $page : dirname($page) . "/$link[1]";
        return !file_exists($target) || isset($link[2]) && !in_array($link[2], anchors($target), true);
    });
    $report("$page, links", $lost === [] ? null : 'lead nowhere: ' . implode(' ', array_column($lost, 0)));
    // Source files by name, as the architecture page gives them: with their folder, below src/.
    if (basename($page) === 'architecture.md') {
        preg_match_all('#(?<![\w/.-])((?:\w+/)*\w+\.(?:rs|c))\b#', $text, $files);
        $names = array_map(fn (SplFileInfo $file): string => $file->getPathname(), iterator_to_array(new RecursiveIteratorIterator(new RecursiveDirectoryIterator('src')), false));
        $unknown = array_filter(array_unique($files[1]), fn (string $file): bool => preg_grep('#(^|/)' . preg_quote($file, '#') . '$#', $names) === []);
        $report("$page, source files", $unknown === [] ? null : 'are not there: ' . implode(' ', $unknown));
    }
    // The table of php.ini is that of the extension.
    if (preg_match_all('/^\| `(async\.\w+)` \| `([^`]*)` \| ([^|]+) \|/m', $text, $rows, PREG_SET_ORDER)) {
        $told = array_map(fn (array $row) => [$row[1] => ['value' => $row[2], 'system' => trim($row[3]) === 'php.ini']], $rows);
        $told = array_merge(...$told);
        ksort($told);
        $list = 'echo json_encode(array_map(fn($e) => ["value" => $e["global_value"], "system" => $e["access"] === INI_SYSTEM], ini_get_all("async")));';
        [, $output, $error] = execute([realpath(PHP_WITH_ASYNC), '-r', $list], $folder);
        $report("$page, php.ini", json_encode($told) === $output ? null : "the page says\n" . json_encode($told) . "\nPHP says\n$output$error");
    }
}
array_map(unlink(...), array_filter(glob("$folder/{,vendor/}*", GLOB_BRACE), is_file(...)));
@rmdir("$folder/vendor");
rmdir($folder);
echo "$passed passed, $failed failed", $skipped ? ", $skipped skipped" : '', "\n";
exit($failed === 0 && $passed > 0 ? 0 : 1);
