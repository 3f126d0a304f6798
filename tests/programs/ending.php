<?php

// How a program ended, and what is wrong with that.

declare(strict_types=1);

namespace Programs;

final class Ending
{
    /**
     * @param bool $abrupt whether it may end without waiting for its tasks
     * @param int $status with which it exited
     * @param array<int, string> $left
     * @param list<string> $log
     */
    public function __construct(
        private readonly bool $abrupt,
        public readonly bool $hung,
        public readonly ?int $signal,
        private readonly int $status,
        public readonly array $left,
        public readonly string $output,
        public readonly array $log,
    ) {
    }

    /** What is wrong, in a line that is the same for the same fault; null when nothing is. */
    public function fault(): ?string
    {
        if ($this->hung) {
            return 'hangs';
        }
        if ($this->signal !== null) {
            return "killed by signal $this->signal";
        }
        $said = $this->output . "\n" . implode("\n", $this->log);
        // An interrupt whose exception comes between a call and the use of its result costs the engine that result, without
        // any extension, too: a handler that exits may come there.
        $leaks = preg_grep('/^\d+ leave$/', $this->log) === []
            ? ['/\w+\.\w+\(\d+\) : +Freeing 0x\w+ \(\d+ bytes\)/', '/Freeing|Last leak repeated|memory leaks detected/'] : [];
        // Tasks kill themselves by SIGKILL and SIGTERM only.
        foreach ([
            '/panicked at (\S+)/', '/RefCell|already (mutably )?borrowed/', '/internal error/i', '/\bBUG\b/',
            '/SIG(SEGV|ABRT|BUS|ILL|FPE|TRAP)/', '/zend_mm_heap corrupted|double free|free\(\): |malloc\(\): |corrupted size/',
            '/Assertion .* failed/', ...$leaks, '/Parse error: .*/', '/Cannot declare .*/',
        ] as $pattern) {
            if (preg_match($pattern, $said, $found)) {
                return self::general($found[0]);
            }
        }
        if (preg_match_all('/^(?:PHP )?((?:Warning|Notice|Deprecated|Fatal error|Core \w+): .*)$/m', $this->output, $found)) {
            foreach ($found[1] as $line) {
                // Core says so, where it is built for debugging, of what is made after it has called destructors.
                if (preg_match("/^Fatal error: Couldn't execute method \w+::__destruct in Unknown/", $line)) {
                    continue;
                }
                if (str_starts_with($line, 'Fatal error: ') ? !preg_match('/^Fatal error: ( *Uncaught|of a task|\S+\(\): Cannot use output buffering in)/', $line)
                    : (str_contains($line, ' in Unknown on line 0') && !str_contains($line, ': Unhandled failure of '))) {
                    return self::general($line);
                }
            }
        }
        if ($this->left !== []) {
            return 'leaves a child';
        }
        return $this->accounts();
    }

    /** Whether each future had one end, and its handlers ran as they are to. */
    private function accounts(): ?string
    {
        $main = (int) ($this->log[0] ?? 0);
        $watched = $ended = [];
        $finished = false;
        foreach ($this->log as $line) {
            [$pid, $what, $number, $detail, $value] = [...explode(' ', $line), '', '', '', ''];
            if ((int) $pid === $main && ($what === 'finish' || $what === 'leave')) {
                $finished = $what === 'finish'; // who leaves after that leaves handlers behind
            }
            if ($what === 'handler' && $detail === 'again') {
                return 'a handler runs twice';
            }
            if ($what === 'watch') {
                $watched[$pid][$number] = true;
            }
            if ($what === 'ended') {
                if (isset($ended[$pid][$number])) {
                    return 'finally runs twice';
                }
                $ended[$pid][$number] = true;
                if (!in_array($detail, ['Succeeded', 'Failed', 'TimedOut', 'Cancelled', 'gone'], true)) {
                    return "finally of a future that is $detail";
                }
            }
            if ($what === 'asks') {
                $over[$pid][$number] = isset($ended[$pid][$number]);
            }
            if ($what === 'final') {
                if ($over[$pid][$number] && in_array($detail, ['Pending', 'Queued', 'Running'], true)) {
                    return "has ended, and is $detail";
                }
                if ($detail === 'Succeeded' && preg_match('/^(\d+):$/', $value, $found) && $found[1] !== '0' && $found[1] !== strtok($number, '.')) {
                    return 'the value of another future';
                }
            }
        }
        // An exception that nobody catches is an error that ends the tasks; one of an output callback at the end is not displayed.
        $failed = $this->status === 255 || preg_match('/^Fatal error: (?!of a task)/m', $this->output);
        if ($finished && !$this->abrupt && !$failed) {
            if (array_diff_key($watched[$main] ?? [], $ended[$main] ?? []) !== []) {
                return 'finally never runs';
            }
        }
        return null;
    }

    private static function general(string $text): string
    {
        return preg_replace(['/0x\w+/', '/\d+/', '/#\S+|\[[^]]*\]/'], 'N', substr($text, 0, 160));
    }
}
