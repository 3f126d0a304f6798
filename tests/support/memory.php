<?php

declare(strict_types=1);

/** How much more memory this process has in use at most while $work runs, in bytes, and what $work gives. */
function peak(Closure $work): array
{
    gc_collect_cycles();
    gc_mem_caches();
    file_put_contents('/proc/self/clear_refs', '5');
    $before = high_water();
    $value = $work();
    return [high_water() - $before, $value];
}

/** The most memory that this process had in use since it was last reset, in bytes. */
function high_water(): int
{
    preg_match('/^VmHWM:\s+(\d+) kB$/m', file_get_contents('/proc/self/status'), $found);
    return (int) $found[1] * 1024;
}

/** What PHP itself has in use for the value that $make makes, in bytes. */
function own_size(Closure $make): int
{
    $before = memory_get_usage();
    $value = $make();
    return memory_get_usage() - $before;
}

/** Why this kernel gives no huge pages on request, or gives them without one; null when it does what it is asked. */
function no_huge_pages(): ?string
{
    $switch = @file_get_contents('/sys/kernel/mm/transparent_hugepage/enabled');
    return match (true) {
        $switch === false => 'the kernel has no transparent huge pages',
        str_contains($switch, '[never]') => 'transparent huge pages are switched off',
        str_contains($switch, '[always]') => 'all memory comes in huge pages here',
        (bool) preg_match('/^THP_enabled:\s+0$/m', file_get_contents('/proc/self/status')) => 'huge pages are switched off for this process',
        version_compare(php_uname('r'), '6.1', '<') => 'the kernel cannot be asked for huge pages before Linux 6.1',
        default => null,
    };
}

/** What this process has in huge pages, in bytes. */
function huge_pages(): int
{
    preg_match('/^AnonHugePages:\s+(\d+) kB$/m', file_get_contents('/proc/self/smaps_rollup'), $found);
    return (int) $found[1] * 1024;
}
