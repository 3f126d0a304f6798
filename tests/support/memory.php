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
