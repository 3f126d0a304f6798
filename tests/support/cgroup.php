<?php

declare(strict_types=1);

/** A new control group whose processes have so much memory; null where none can be made. It goes when the script ends. */
function memory_group(int $limit): ?string
{
    $own = [];
    foreach (file('/proc/self/cgroup', FILE_IGNORE_NEW_LINES) as $line) {
        [, $controllers, $path] = explode(':', $line, 3);
        $own[$controllers] = rtrim($path, '/');
    }
    $places = ["/sys/fs/cgroup/memory" . ($own['memory'] ?? '') => 'memory.limit_in_bytes', '/sys/fs/cgroup' . ($own[''] ?? '') => 'memory.max'];
    set_error_handler(static fn () => true); // a refusal is an answer
    try {
        foreach ($places as $parent => $file) {
            $group = "$parent/async-test-" . getmypid();
            if (is_dir($parent) && mkdir($group)) {
                if (is_writable("$group/$file") && file_put_contents("$group/$file", (string) $limit) !== false) {
                    // What is over the limit must not go to disk instead.
                    file_put_contents("$group/memory.swap.max", '0');
                    file_put_contents("$group/memory.memsw.limit_in_bytes", (string) $limit);
                    register_shutdown_function(static fn () => @rmdir($group));
                    return $group;
                }
                rmdir($group);
            }
        }
        return null;
    } finally {
        restore_error_handler();
    }
}
