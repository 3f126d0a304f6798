<?php

// One run of one program, in a session of its own, so that whoever descends from it is found.

declare(strict_types=1);

namespace Programs;

final class Execution
{
    private readonly string $folder;
    /** @var resource */
    private $process;
    private readonly int $pid;
    private readonly float $deadline;
    /** What is known of its end. */
    public ?Ending $ending = null;

    /** @param list<string> $php the command, without the program's own part of php.ini */
    public function __construct(public readonly Program $program, array $php, float $seconds)
    {
        static $count = 0;
        $this->folder = sys_get_temp_dir() . '/programs-' . getmypid() . '-' . ++$count;
        mkdir($this->folder);
        file_put_contents("$this->folder/program.php", $program->source());
        touch("$this->folder/log");
        $options = [];
        foreach ($program->ini as $name => $value) {
            array_push($options, '-d', "$name=$value");
        }
        $output = ['file', "$this->folder/output", 'a'];
        $environment = ['PROGRAM_LOG' => "$this->folder/log"] + getenv();
        $pipes = [];
        $process = proc_open(['setsid', ...$php, ...$options, "$this->folder/program.php"], [['file', '/dev/null', 'r'], $output, $output], $pipes, null, $environment);
        $process !== false || throw new \RuntimeException('no process');
        $this->process = $process;
        $this->pid = proc_get_status($process)['pid'];
        $this->deadline = microtime(true) + $seconds;
    }

    public function __destruct()
    {
        self::kill($this->processes());
        array_map(unlink(...), glob("$this->folder/*"));
        rmdir($this->folder);
    }

    /** Looks whether it has ended, and makes it once its time is over. */
    public function over(): bool
    {
        $status = proc_get_status($this->process);
        $hung = $status['running'] && microtime(true) > $this->deadline;
        if ($status['running'] && !$hung) {
            return false;
        }
        $left = $hung ? $this->processes() : $this->left();
        self::kill($left);
        proc_close($this->process);
        $source = $this->program->source();
        $this->ending = new Ending(
            preg_match('/async.at_exit\W+kill|set_exception_handler/', $source) === 1,
            $hung,
            $status['signaled'] ? $status['termsig'] : null,
            $status['exitcode'],
            $hung ? [] : $left,
            (string) file_get_contents("$this->folder/output", length: 4 << 20),
            file("$this->folder/log", FILE_IGNORE_NEW_LINES),
        );
        return true;
    }

    /** Processes that outlive it. What the kernel is ending already is given some time. */
    private function left(): array
    {
        for ($patience = microtime(true) + 3; ($left = $this->processes()) !== [] && microtime(true) < $patience;) {
            usleep(2_000);
        }
        return $left;
    }

    /** @return array<int, string> what runs in its session: pid => state */
    private function processes(): array
    {
        $processes = [];
        foreach (scandir('/proc') as $pid) {
            $stat = is_numeric($pid) ? @file_get_contents("/proc/$pid/stat") : false;
            if ($stat !== false && preg_match('/\) (\S) \d+ \d+ (\d+) /', $stat, $part) && (int) $part[2] === $this->pid && $part[1] !== 'Z' && $part[1] !== 'X') {
                $processes[(int) $pid] = $part[1] . ' ' . @file_get_contents("/proc/$pid/wchan");
            }
        }
        return $processes;
    }

    /** @param array<int, string> $processes */
    private static function kill(array $processes): void
    {
        foreach ($processes as $pid => $state) {
            posix_kill($pid, SIGKILL);
        }
    }
}
