<?php

declare(strict_types=1);

/*
 * What two processes need to meet without sleeping. Everything here is made before the fork, so both sides have
 * it; every wait is bounded, and fails loudly when the other side never comes.
 */

const PATIENCE = 20;

/** Opened by one process, passed by another; once for each time that it was opened. */
final class Gate
{
    /** @var resource */
    private $inner;

    /** @var resource */
    private $outer;

    public function __construct()
    {
        [$this->inner, $this->outer] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        stream_set_read_buffer($this->inner, 0); // a byte read ahead would be lost to the other processes
        stream_set_timeout($this->inner, PATIENCE);
    }

    public function open(int $times = 1): void
    {
        fwrite($this->outer, str_repeat('.', $times));
    }

    public function pass(int $times = 1): void
    {
        for ($i = 0; $i < $times; $i++) {
            // Of two that wait, one finds that the other has passed: it goes on waiting.
            while (fread($this->inner, 1) !== '.') {
                if (stream_get_meta_data($this->inner)['timed_out']) {
                    throw new LogicException('nobody opened the gate');
                }
            }
        }
    }

    /** Nobody opens this one: whoever calls it stays until it is killed. */
    public function never(): never
    {
        while (true) {
            fread($this->inner, 1);
        }
    }
}

/** Lines that any process writes down and the parent reads, kept in the kernel. */
final class Notes
{
    /** @var resource */
    private $inner;

    /** @var resource */
    private $outer;

    public function __construct()
    {
        [$this->inner, $this->outer] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
        stream_set_timeout($this->inner, PATIENCE);
    }

    public function write(string|int $line): void
    {
        fwrite($this->outer, $line . "\n");
    }

    /** Waits for the next line. */
    public function next(): string
    {
        $line = fgets($this->inner);
        if ($line === false) {
            throw new LogicException('nobody wrote a line');
        }
        return rtrim($line, "\n");
    }

    /**
     * What has been written up to now.
     *
     * @return list<string>
     */
    public function all(): array
    {
        $this->write('<end>');
        $lines = [];
        while (($line = $this->next()) !== '<end>') {
            $lines[] = $line;
        }
        return $lines;
    }
}

/** Whether a process runs: a zombie does not. */
function alive(int $pid): bool
{
    set_error_handler(static fn () => true); // that there is no such file is an answer, and no test's business
    $stat = (string) file_get_contents("/proc/$pid/stat");
    restore_error_handler();
    return $stat !== '' && !in_array(substr($stat, (int) strrpos($stat, ')') + 2, 1), ['Z', 'X'], true);
}

/** Waits until a process is in a state, by the letter of proc(5): S for asleep, T for stopped. */
function in_state(int $pid, string $state): void
{
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    while (!str_contains(file_get_contents("/proc/$pid/stat"), ") $state ")) {
        if (hrtime(true) > $deadline) {
            throw new LogicException("process $pid is not in state $state");
        }
        usleep(1000);
    }
}

/** Waits until a process has ended, reaped or not; the extension is not asked. */
function ended(int ...$pids): void
{
    $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
    foreach ($pids as $pid) {
        while (alive($pid)) {
            if (hrtime(true) > $deadline) {
                throw new LogicException("process $pid does not end");
            }
            usleep(1000);
        }
    }
}

/** The command that starts PHP as this test runs, with the extension. */
function php_command(string $ini = ''): string
{
    return getenv('TEST_PHP_EXECUTABLE') . ' ' . getenv('TEST_PHP_EXTRA_ARGS') . ' ' . $ini;
}

/** The option that loads opcache, where it is not built in as it is from PHP 8.5 on. */
function opcache(): string
{
    return extension_loaded('Zend OPcache') ? '' : '-d zend_extension=opcache';
}

/** A script in a PHP process of its own, that can be talked to and killed. */
final class Script
{
    public readonly int $pid;

    /** @var resource */
    private $process;

    /** @var resource */
    private $out;

    /**
     * @param string $code without the opening tag; sync.php is loaded, and the names of Async\ are in use
     * @param string $ini options of PHP, such as `-d async.at_exit=kill`
     * @param string $before shell commands that come first, such as `ulimit -n 64;`
     * @param string $under a command that runs PHP, such as `nice`
     */
    public function __construct(string $code, string $ini = '', string $before = '', string $under = '')
    {
        $names = 'use function Async\{async, await, settle, onFork, cpus};'
            . ' use Async\{Future, Pool, Status, AsyncException, CannotForkException, ProcessDiedException};';
        $this->process = proc_open(
            ['/bin/sh', '-c', $before . " exec $under " . php_command($ini)],
            [['pipe', 'r'], ['pipe', 'w'], ['redirect', 1]],
            $pipes,
        );
        [$in, $this->out] = $pipes;
        fwrite($in, '<?php ' . $names . ' require ' . var_export(__FILE__, true) . '; ' . $code);
        fclose($in);
        stream_set_timeout($this->out, PATIENCE);
        $this->pid = proc_get_status($this->process)['pid'];
    }

    /** The next line that it prints; '' at the end. */
    public function line(): string
    {
        return rtrim((string) fgets($this->out), "\n");
    }

    public function signal(int $signal): void
    {
        posix_kill($this->pid, $signal);
    }

    /** The rest of its output. Children that keep its output open are waited for. */
    public function rest(): string
    {
        return (string) stream_get_contents($this->out);
    }

    /** Waits for its end: the exit code, or 128 + n for signal n. */
    public function end(): int
    {
        $deadline = hrtime(true) + PATIENCE * 1_000_000_000;
        while (($status = proc_get_status($this->process))['running']) {
            if (hrtime(true) > $deadline) {
                proc_terminate($this->process, 9);
                throw new LogicException('the script does not end');
            }
            usleep(1000);
        }
        fclose($this->out);
        proc_close($this->process);
        return $status['signaled'] ? 128 + $status['termsig'] : $status['exitcode'];
    }
}

/** What a script prints, and after it the exit code. */
function php(string $code, string $ini = '', string $before = '', string $under = ''): string
{
    $script = new Script($code, $ini, $before, $under);
    return trim($script->rest()) . "\nexit " . $script->end() . "\n";
}

/** Runs what should fail, and tells how. */
function failure(callable $what): ?Throwable
{
    try {
        $what();
    } catch (Throwable $e) {
        return $e;
    }
    return null;
}

/** "Class: message" of what should fail. */
function told(callable $what): string
{
    $e = failure($what);
    return $e === null ? 'nothing thrown' : $e::class . ': ' . $e->getMessage();
}

/** One line about a check; only a failed one says more. */
function check(string $name, bool $right, mixed $seen = null): void
{
    echo $name, ': ', $right ? 'yes' : 'NO ' . var_export($seen, true), "\n";
}
