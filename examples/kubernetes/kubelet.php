<?php

// Plays the kubelet for one container: starts a command, asks its probes as consumers.yaml has them, and ends it as the kubelet ends a
// pod: SIGTERM to process 1, the grace period, SIGKILL. It says what happens when. No cluster is needed.
//
// usage: php examples/kubernetes/kubelet.php [--end-when=FILE] [--hang-when=FILE] MANIFEST COMMAND...
//
// The pod is deleted when the file --end-when is there, or at SIGTERM. When the file --hang-when is there, process 1 is stopped
// (SIGSTOP), so that the liveness probe has to find that. HEALTH replaces the path of the health file in the probes. As root the command is
// process 1 of a pid namespace of its own, as in a container. Exit code: that of the command, 137 if it was killed.

declare(strict_types=1);

$options = getopt('', ['end-when:', 'hang-when:'], $rest);
[$manifest, $command] = [$argv[$rest], array_slice($argv, $rest + 1)];
$yaml = file_get_contents($manifest);

/** The numbers and the command of a probe: of what stands below its name, indented. */
function probe(string $yaml, string $name): array
{
    preg_match("/^( +)$name:\n((?:\\1 +.*\n)+)/m", $yaml, $block) || exit("no $name\n");
    $number = fn (string $key, int $default) => preg_match("/$key: (\d+)/", $block[2], $m) ? (int) $m[1] : $default;
    preg_match('/command: (\[.*\])/', $block[2], $m);
    $command = str_replace('/run/app/health.json', getenv('HEALTH') ?: '/run/app/health.json', json_decode($m[1], flags: JSON_THROW_ON_ERROR));
    return [$command, $number('periodSeconds', 10), $number('failureThreshold', 3), $number('timeoutSeconds', 1)];
}

$since = hrtime(true);
$say = function (string $what) use ($since): void {
    printf("%6.2f s  %s\n", (hrtime(true) - $since) / 1e9, $what);
};
$succeeds = function (array $command, int $seconds): bool {
    exec('timeout ' . $seconds . ' ' . implode(' ', array_map('escapeshellarg', $command)) . ' 2>/dev/null', $output, $code);
    return $code === 0;
};
$deleted = false;
pcntl_async_signals(true);
pcntl_signal(SIGTERM, function () use (&$deleted): void { $deleted = true; });
$isThere = fn (string $option): bool => isset($options[$option]) && file_exists($options[$option]);
preg_match('/terminationGracePeriodSeconds: (\d+)/', $yaml, $m);
$grace = (int) $m[1];

$namespace = posix_geteuid() === 0 && is_executable('/usr/bin/unshare') ? ['/usr/bin/unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] : [];
$process = proc_open([...$namespace, ...$command], [['file', '/dev/null', 'r'], STDERR, STDERR], $pipes);
$outer = proc_get_status($process)['pid'];
// With a namespace, process 1 of it is the child of what has made it.
do {
    usleep(1000);
    $one = $namespace ? (int) @file_get_contents("/proc/$outer/task/$outer/children") : $outer;
} while ($one === 0 && proc_get_status($process)['running']);
$one > 1 || exit("the command does not start\n");             // to 0 and -1 a signal would go to many
$say('the container is started' . ($namespace ? ': the command is process 1 of its pid namespace' : ''));

/** Waits, and looks often whether something is to be done sooner. */
$pause = function (float $seconds) use (&$deleted, &$status, $process, $isThere): void {
    for ($until = hrtime(true) + (int) ($seconds * 1e9); hrtime(true) < $until; usleep(10_000)) {
        $status = proc_get_status($process);
        if ($deleted = $deleted || $isThere('end-when') || !$status['running']) {
            return;
        }
    }
};
$status = ['running' => true];
$end = null;
foreach (['startupProbe', 'livenessProbe'] as $name) {
    [$probe, $period, $threshold, $timeout] = probe($yaml, $name);
    $failures = 0;
    while (!$deleted && $end === null) {
        if ($isThere('hang-when') && $name === 'livenessProbe') {
            posix_kill($one, SIGSTOP);
        }
        if ($succeeds($probe, $timeout)) {
            $failures > 0 || $name !== 'livenessProbe' ? $say("$name: fine") : null;
            $failures = 0;
            if ($name === 'startupProbe') {
                break;
            }
        } elseif (++$failures >= $threshold) {
            $end = "$name has failed $failures times: the container is ended, to be started anew";
        }
        $pause($period);
    }
}
if ($status['running']) {
    $say($end ?? 'the pod is deleted');
    posix_kill($one, SIGTERM);
    $say("SIGTERM to process 1; it gets $grace s");
    $deadline = hrtime(true) + $grace * 1_000_000_000;
    while (($status = proc_get_status($process))['running'] && hrtime(true) < $deadline) {
        usleep(5000);
    }
    if ($status['running']) {
        posix_kill($one, SIGKILL);                          // and with it all of the namespace
        $namespace || posix_kill($outer, SIGKILL);
        $say('the grace period is over: SIGKILL');
        while (($status = proc_get_status($process))['running']) {
            usleep(5000);
        }
        $say('the container is gone, exit code 137');
        exit(137);
    }
}
$say("the container has ended by itself, exit code {$status['exitcode']}");
exit($status['exitcode']);
