<?php

declare(strict_types=1);

/*
 * Scripts under the web servers that PHP brings with it.
 */

require_once __DIR__ . '/sync.php';

/** What a script answers under PHP's built-in web server. */
function web(string $code, string $ini = ''): string
{
    $directory = served($code);
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($probe, false);
    fclose($probe);
    $server = proc_open(
        ['/bin/sh', '-c', 'exec ' . php_command("$ini -S $address -t $directory") . ' 2>&1'],
        [['file', '/dev/null', 'r'], ['pipe', 'w']],
        $pipes,
    );
    stream_set_timeout($pipes[1], PATIENCE);
    while (($line = fgets($pipes[1])) !== false && !str_contains($line, 'started'));
    $answer = @file_get_contents("http://$address/index.php", false, stream_context_create(['http' => ['timeout' => PATIENCE, 'ignore_errors' => true]]));
    proc_terminate($server, SIGKILL);
    $log = $answer === false ? $line . stream_get_contents($pipes[1]) : '';
    proc_close($server);
    unlink("$directory/index.php");
    rmdir($directory);
    return $answer === false ? "no answer: $log" : $answer;
}

/** The php-fpm of this PHP, if there is one; TEST_PHP_FPM names another. */
function fpm_binary(): ?string
{
    $version = PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
    foreach ([(string) getenv('TEST_PHP_FPM'), "/usr/sbin/php-fpm$version", '/usr/local/sbin/php-fpm', '/usr/sbin/php-fpm'] as $binary) {
        if (is_executable($binary) && str_contains((string) shell_exec("$binary -n -v 2>/dev/null"), 'PHP ' . PHP_VERSION)) {
            return $binary;
        }
    }
    return null;
}

/** What a script answers under php-fpm, asked for by the smallest FastCGI client. */
function fpm(string $code, string $ini = ''): string
{
    $directory = served($code);
    file_put_contents("$directory/fpm.conf", <<<CONF
        [global]
        error_log = $directory/log
        daemonize = no
        [www]
        listen = $directory/socket
        pm = static
        pm.max_children = 1
        CONF);
    $options = preg_replace('/^\S+/', '', php_command($ini));
    $server = proc_open(
        ['/bin/sh', '-c', 'exec ' . fpm_binary() . " $options -R -y $directory/fpm.conf 2>&1"],
        [['file', '/dev/null', 'r'], ['file', "$directory/output", 'w']],
        $pipes,
    );
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while (!($socket = @stream_socket_client("unix://$directory/socket")) && hrtime(true) < $deadline) {
        usleep(10_000);
    }
    $answer = '';
    if ($socket) {
        stream_set_timeout($socket, PATIENCE);
        $record = fn(int $type, string $body) => pack('CCnnCC', 1, $type, 1, strlen($body), 0, 0) . $body;
        $parameters = '';
        foreach (['SCRIPT_FILENAME' => "$directory/index.php", 'REQUEST_METHOD' => 'GET', 'SCRIPT_NAME' => '/index.php', 'REQUEST_URI' => '/'] as $name => $value) {
            $parameters .= chr(strlen($name)) . chr(strlen($value)) . $name . $value;
        }
        fwrite($socket, $record(1, pack('nCx5', 1, 0)) . $record(4, $parameters) . $record(4, '') . $record(5, ''));
        while (strlen($head = (string) stream_get_contents($socket, 8)) === 8) {
            ['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $head);
            $body = (string) stream_get_contents($socket, $length + $padding);
            $answer .= $type === 6 || $type === 7 ? substr($body, 0, $length) : '';
            if ($type === 3) {
                break;
            }
        }
        fclose($socket);
    } else {
        $answer = "\r\n\r\nno answer: " . @file_get_contents("$directory/log") . @file_get_contents("$directory/output");
    }
    proc_terminate($server, SIGTERM);
    proc_close($server);
    array_map('unlink', array_filter(glob("$directory/*"), fn(string $file) => !is_dir($file)));
    @rmdir($directory);
    return substr((string) strstr($answer, "\r\n\r\n"), 4);
}

/** A folder with the script as index.php. */
function served(string $code): string
{
    $directory = sys_get_temp_dir() . '/async-web-' . getmypid();
    mkdir($directory);
    chmod($directory, 0755);
    $names = 'use Async\{Future, Pool, UnsupportedException}; use function Async\{async, await, settle, cpus};';
    file_put_contents("$directory/index.php", "<?php header('Content-Type: text/plain'); $names\n$code");
    return $directory;
}
