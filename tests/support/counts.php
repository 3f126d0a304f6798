<?php

declare(strict_types=1);

/*
 * What Pool::status() should say, by a look at each future. It changes nothing but that ends are looked at.
 */

use Async\{Future, Pool, PoolStatus, Route, Status};

/** @return array<string, int> */
function as_numbers(PoolStatus $status): array
{
    return get_object_vars($status);
}

/**
 * @param array<int, int> $cancelled how often it was decided that a future is run again, by its object's number: for those
 *                                   that were cancelled, which do not tell it any more
 * @return array<string, int>
 */
function counted(Pool $pool, array $cancelled = []): array
{
    $counts = ['queued' => 0, 'running' => 0, 'finished' => 0, 'failed' => 0, 'timedOut' => 0, 'forked' => 0, 'inherited' => 0, 'sent' => 0, 'retries' => 0];
    foreach ($pool->keys() as $key) {
        $future = $pool[$key];
        $status = $future->status();
        $counts[match ($status) {
            Status::Pending, Status::Queued => 'queued',
            Status::Running => 'running',
            Status::Succeeded => 'finished',
            Status::Failed, Status::Cancelled => 'failed',
            Status::TimedOut => 'timedOut',
        }]++;
        if ($route = $future->route()) {
            $counts[strtolower($route->name)]++;
        }
        $counts['retries'] += $cancelled[spl_object_id($future)] ?? repeats($future);
    }
    return $counts;
}

/** How often it was decided that a future is run again, unless it was cancelled. */
function repeats(Future $future): int
{
    return $future->status() === Status::Queued ? $future->attempts() : max(0, $future->attempts() - 1);
}

/**
 * Compares both, at a moment in which nothing changes.
 *
 * @param array<int, int> $cancelled as above
 */
function compare(string $when, Pool $pool, array $cancelled = []): bool
{
    $deadline = hrtime(true) + 20_000_000_000;
    do {
        $before = as_numbers($pool->status());
        $counted = counted($pool, $cancelled);
        $after = as_numbers($pool->status());
    } while ($before !== $after && hrtime(true) < $deadline);
    if ($after === $counted) {
        return true;
    }
    echo "$when: ", json_encode($after), ' instead of ', json_encode($counted), "\n";
    return false;
}
