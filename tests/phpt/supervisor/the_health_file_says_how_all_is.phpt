--TEST--
health(): a file in JSON says how all is, is replaced at once whenever it is written, and what keeps it from being written is told once
--FILE--
<?php
use Async\{Supervisor, Worker};

require __DIR__ . '/../../support/supervisor.php';

$self = getmypid();
$folder = sys_get_temp_dir() . '/async-health-' . getmypid();
mkdir($folder);
$read = function () use ($folder, $self) {
    $state = json_decode(file_get_contents("$folder/health.json"), true, flags: JSON_THROW_ON_ERROR);
    unset($state['age']);
    $state['pid'] = $state['pid'] === $self ? 'ours' : $state['pid'];
    $state['time'] = abs($state['time'] - time()) < 60 ? 'now' : $state['time'];
    foreach ($state['workers'] as &$worker) {
        $worker['alive'] = alive($worker['pid']);
        $worker['beats'] = $worker['heartbeat'] >= 0 && $worker['bytes'] > 100_000;
        unset($worker['pid'], $worker['age'], $worker['heartbeat'], $worker['bytes']);
    }
    return $state;
};
$log = new Log();
$code = Supervisor::create()
    ->health("$folder/health.json")
    ->add('a "name"', function (Worker $worker) {
        $worker->job();
        $worker->job();
        for ($seconds = 0; $worker->sleep(0.01); $seconds++) {
            $worker->heartbeat("reads \\ä\n");
        }
    })
    ->onEvent($log->at('ready', function () use ($read, $folder, &$seen, &$child) {
        $seen = $read()['state'];
        $child = pcntl_fork();
        if ($child === 0) { // looks from outside until the file says what it should
            do {
                usleep(1000);
                $state = $read();
            } while ($state['state'] !== 'running' || ($state['workers'][0]['status'] ?? null) === null);
            echo json_encode($state, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE), "\n";
            rename($folder, "$folder-away");
            posix_kill(getmypid(), SIGKILL);
        }
    })->at('health', function () use ($folder) { rename("$folder-away", $folder); order(SIGTERM); }))
    ->run();
echo 'at first: ', json_encode($seen), "\nexit code $code\n";
$log->print();
echo json_encode($read()), "\n";
pcntl_waitpid($child, $status);
echo implode(' ', array_diff(scandir($folder), ['.', '..'])), "\n";
unlink("$folder/health.json");
rmdir($folder);
?>
--EXPECT--
{
    "pid": "ours",
    "state": "running",
    "time": "now",
    "ready": 1,
    "restarts": 0,
    "workers": [
        {
            "name": "a \"name\"",
            "id": 1,
            "state": "running",
            "jobs": 2,
            "restarts": 0,
            "status": "reads \\ä\n",
            "alive": true,
            "beats": true
        }
    ]
}
at first: "starting"
exit code 0
error: health
notice: draining
info: stopped a "name".1
notice: ended
{"pid":"ours","state":"stopping","time":"now","ready":0,"restarts":0,"workers":[]}
health.json
