--TEST--
metrics(): in the text format of Prometheus, in a file or at a port of the loopback interface; a port in use is told at the start; a worker does not hold the port
--FILE--
<?php
use Async\{Pool, Restart, Supervisor, Worker};
use function Async\async;

require __DIR__ . '/../../support/supervisor.php';

/** Each line is a comment for the metric that follows, or a sample of it; promtool, where it is installed, agrees. */
function well_formed(string $text): bool
{
    $name = null;
    foreach (explode("\n", rtrim($text, "\n")) as $line) {
        if (preg_match('/^# (HELP|TYPE) (\w+) (.+)$/', $line, $m)) {
            if ($m[1] === 'TYPE' && !in_array($m[3], ['gauge', 'counter'], true)) {
                return false;
            }
            $name = $m[2];
        } elseif (!preg_match('/^(\w+)(\{\w+="([^"\\\\]|\\\\.)*"(,\w+="([^"\\\\]|\\\\.)*")*\})? -?[\d.]+(e-?\d+)?$/', $line, $m) || $m[1] !== $name) {
            echo "wrong: $line\n";
            return false;
        }
    }
    if (trim((string) shell_exec('command -v promtool')) !== '') {
        file_put_contents($file = tempnam(sys_get_temp_dir(), 'async'), $text);
        exec("promtool check metrics < $file 2>&1", $said, $code);
        unlink($file);
        echo $code === 0 ? '' : implode("\n", $said) . "\n";
        return $code === 0;
    }
    return str_ends_with($text, "\n");
}

function samples(string $text): string
{
    preg_match_all('/^async_(?!.*(uptime|age_seconds|bytes))(\w+(?:\{.*\})? .+)$/m', $text, $m);
    return implode("\n", $m[2]) . "\n";
}

// A port that is free, for a moment.
$server = stream_socket_server('tcp://127.0.0.1:0');
$address = stream_socket_get_name($server, false);
$code = Supervisor::create()->metrics($address)->onEvent(function ($level, $message) {
    echo preg_replace('/:\d+/', ':PORT', "$level: $message"), "\n";
})->run(fn () => print("never started\n"));
echo "exit code $code\n";
fclose($server);

$gate = new Gate();
$pool = new Pool();
$pool->concurrency(1);
$pool->add(async(fn () => $gate->pass()));
$pool->add(async(fn () => 1));

$held = new Async\Counter();
$supervisor = Supervisor::create()
    ->metrics($address)
    ->restart(Restart::OnFailure, backoff: 0)
    ->add('a "b"', function (Worker $worker) use ($address, $held) {
        // The number of the socket that listens: of a line of that table with this port, in the state "listen".
        preg_match(sprintf('/:%04X \S+ 0A (?:\S+\s+){5}(\d+)/', explode(':', $address)[1]), file_get_contents('/proc/net/tcp'), $m);
        $links = array_map(fn ($fd) => @readlink("/proc/self/fd/$fd"), scandir('/proc/self/fd'));
        $held->add(isset($m[1]) && !in_array("socket:[$m[1]]", $links, true) ? 0 : 1);
        $worker->job();
        $worker->job();
        while ($worker->sleep(1000));
    }, 2);
$log = new Log(['started', 'ready', 'stopped']);
$log->at('ready', function () use ($address, $log, $gate) {
    // Asks from outside, since this process answers when it is back in its loop.
    $child = pcntl_fork();
    if ($child === 0) {
        $ask = function (string $request) use ($address): string {
            $client = stream_socket_client("tcp://$address", timeout: PATIENCE);
            stream_set_timeout($client, PATIENCE);
            fwrite($client, "$request\r\n\r\n");
            return stream_get_contents($client);
        };
        do {
            usleep(10_000); // each connection keeps its port for a minute after its end
            [$head, $body] = explode("\r\n\r\n", $ask('GET /metrics HTTP/1.1'));
        } while (substr_count($body, 'jobs_total{name="a \"b\""} 4') === 0);
        $lines = [...explode("\r\n", preg_replace('/Length: \d+/', 'Length: N', $head)), samples($body), 'well formed: ' . json_encode(well_formed($body))];
        [$head, $body] = explode("\r\n\r\n", $ask('GET /health HTTP/1.1'));
        $lines[] = strtok($head, "\r") . ' ' . json_decode($body, true)['state'];
        [$head, $body] = explode("\r\n\r\n", $ask('GET /history HTTP/1.1'));
        $last = array_slice(json_decode($body, true), -1)[0];
        $lines[] = strtok($head, "\r") . ' ' . json_encode(count($last) === 6 && $last[1] <= 4 && $last[2] === 0 && $last[4] >= $last[5]);
        [$head, $body] = explode("\r\n\r\n", $ask('GET /?a HTTP/1.1'));
        $lines[] = strtok($head, "\r") . ' ' . preg_match('/Content-Type: (.*)\r/', $head, $m) . " $m[1], " . json_encode(str_starts_with($body, '<!DOCTYPE html>') && str_ends_with(rtrim($body), '</script>'));
        $lines[] = strtok($ask('GET /nothing HTTP/1.1'), "\r");
        $lines[] = strtok($ask('POST /metrics HTTP/1.1'), "\r");
        echo implode("\n", $lines), "\n";
        $gate->open();
        posix_kill(posix_getppid(), SIGTERM);
        posix_kill(getmypid(), SIGKILL);
    }
    $GLOBALS['child'] = $child;
}, 2);
var_dump($supervisor->onEvent($log)->run());
pcntl_waitpid($child, $status);
echo 'workers that hold the port: ', $held->get(), "\n";
Async\await($pool);

$file = tempnam(sys_get_temp_dir(), 'async');
$code = Supervisor::create()->metrics($file)->onEvent(function ($level, $message, $context) use (&$text) {
    $text ??= Async\metrics();
})->run(fn (Worker $worker) => $worker->job());
echo 'in the file: ', preg_match('/^async_supervisor_jobs_total.*$/m', file_get_contents($file), $m), " $m[0]\n";
check('well formed', well_formed(file_get_contents($file)) && well_formed($text));
echo 'after it: ', samples(Async\metrics());
unlink($file);
foreach (['', '127.0.0.1', '0.0.0.0:9464', 'localhost:9464', ':9464', '9464'] as $wrong) {
    echo told(fn () => Supervisor::create()->metrics($wrong)), "\n";
}
?>
--EXPECT--
critical: the address for metrics 127.0.0.1:PORT cannot be used: Address already in use (os error 98); choose another one, or see who has it; nothing is started
notice: all workers have ended, exit code 71
exit code 71
HTTP/1.1 200 OK
Content-Type: text/plain; version=0.0.4; charset=utf-8
Content-Length: N
Connection: close
children 3
tasks_queued 1
tasks_running 3
supervisor_stopping 0
supervisor_workers_wanted{name="a \"b\""} 2
supervisor_workers_ready{name="a \"b\""} 2
supervisor_workers_waiting{name="a \"b\""} 0
supervisor_jobs_total{name="a \"b\""} 4
supervisor_restarts_total{name="a \"b\""} 0
supervisor_failures_total{name="a \"b\""} 0

well formed: true
HTTP/1.1 200 OK running
HTTP/1.1 200 OK true
HTTP/1.1 200 OK 1 text/html; charset=utf-8, true
HTTP/1.1 404 Not Found
HTTP/1.1 405 Method Not Allowed
int(0)
workers that hold the port: 0
in the file: 1 async_supervisor_jobs_total{name="worker"} 2
well formed: yes
after it: children 0
tasks_queued 0
tasks_running 0
ValueError: Async\Supervisor::metrics(): Argument #1 ($where) must not be empty
ValueError: Async\Supervisor::metrics(): Argument #1 ($where) must be a path, or an address and a port such as "127.0.0.1:9464"
ValueError: Async\Supervisor::metrics(): Argument #1 ($where) must be an address of the loopback interface, such as "127.0.0.1:9464"
ValueError: Async\Supervisor::metrics(): Argument #1 ($where) must be a path, or an address and a port such as "127.0.0.1:9464"
ValueError: Async\Supervisor::metrics(): Argument #1 ($where) must be a path, or an address and a port such as "127.0.0.1:9464"
ValueError: Async\Supervisor::metrics(): Argument #1 ($where) must be a path, or an address and a port such as "127.0.0.1:9464"