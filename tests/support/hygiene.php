<?php

declare(strict_types=1);

/*
 * Loaded before every phpt by auto_prepend_file. When the script has ended, and the extension has waited for its
 * tasks, no child may be left, no zombie, and no descriptor that was not there at the start. It prints only what
 * is wrong, so that any such test fails.
 */

namespace Async\Tests;

(static function (): void {
    if (\PHP_SAPI !== 'cli') {
        return;
    }

    /* The notifier keeps a few of these from its first use on; it has no other kind. */
    $permanent = ['anon_inode:[eventpoll]', 'anon_inode:[eventfd]', 'anon_inode:[timerfd]', 'anon_inode:[signalfd]'];
    $permanentAtMost = 14; // three of them for the stream of a pool, one for warm workers, and one for each channel
    /* libffi opens its own file with the first closure that C code may call, and keeps it, for more of them. */
    $libffi = '~/libffi\.so[\d.]*$~';

    $descriptors = static function (): array {
        $open = [];
        foreach (\scandir('/proc/self/fd') as $fd) {
            $target = $fd[0] === '.' ? false : \readlink("/proc/self/fd/$fd");
            if ($target !== false && !\preg_match('~^/proc/\d+/fd$~', $target)) {
                $open[(int) $fd] = $target;
            }
        }
        return $open;
    };

    $children = static function (int $of): array {
        $found = [];
        foreach (\glob('/proc/[0-9]*/stat') as $file) {
            $stat = (string) \file_get_contents($file);
            $fields = \explode(' ', \substr($stat, (int) \strrpos($stat, ')') + 2));
            if (isset($fields[1]) && (int) $fields[1] === $of) {
                $found[] = (int) $stat . ($fields[0] === 'Z' ? ' (zombie)' : '');
            }
        }
        return $found;
    };

    $pid = \getmypid();
    \set_error_handler(static fn () => true);
    $streamsBefore = \get_resources('stream');
    $before = $descriptors();
    \restore_error_handler();

    $standard = \array_filter([\defined('STDIN') ? \STDIN : null, \defined('STDOUT') ? \STDOUT : null, \defined('STDERR') ? \STDERR : null]);

    $check = static function () use ($pid, $before, $streamsBefore, $standard, $descriptors, $children, $permanent, $permanentAtMost, $libffi): void {
        \set_error_handler(static fn () => true); // the test's own handler is not asked
        $wrong = [];
        if (\getmypid() !== $pid) {
            if (\defined('FORKED_BY_THE_TEST')) {
                \restore_error_handler();
                return; // by pcntl_fork(), to end as any script
            }
            $wrong[] = 'the child ' . \getmypid() . ' ran the shutdown functions of its parent';
        } else {
            if ($left = $children($pid)) {
                $wrong[] = 'children left: ' . \implode(', ', $left);
            }
            // What the script itself has open is not the extension's. The stream of a connection is its object's to close.
            $connected = static fn ($stream): bool => \defined('CONNECTED_BY_THE_TEST')
                && \str_contains(\stream_get_meta_data($stream)['stream_type'], 'socket');
            foreach (\get_resources('stream') as $id => $stream) {
                if (!isset($streamsBefore[$id]) && !\in_array($stream, $standard, true) && !$connected($stream)) {
                    \fclose($stream);
                }
            }
            $new = \preg_grep($libffi, \array_diff_key($descriptors(), $before), \PREG_GREP_INVERT);
            if (\defined('CONNECTED_BY_THE_TEST')) {
                $new = \array_filter($new, static fn (string $target) => !\str_starts_with($target, 'socket:'));
            }
            $kept = \array_intersect($new, $permanent);
            $leaked = \count($kept) > $permanentAtMost ? $new : \array_diff($new, $permanent);
            if ($leaked) {
                $wrong[] = 'descriptors left: ' . \http_build_query($leaked, '', ', ');
            }
        }
        \restore_error_handler();
        if ($wrong) {
            \file_put_contents('php://stderr', "\nHYGIENE: " . \urldecode(\implode('; ', $wrong)) . "\n");
        }
    };

    // The extension waits for its tasks in a shutdown function that it registers with the first of them. One that
    // is registered while they run comes after all of those; twice, for tasks that a shutdown function started.
    \register_shutdown_function(static function () use ($check): void {
        \register_shutdown_function(static function () use ($check): void {
            \register_shutdown_function($check);
        });
    });
})();
