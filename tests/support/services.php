<?php

declare(strict_types=1);

/*
 * Real servers: each is started by the first test that asks for it, in the folder TEST_SERVICES, by an unprivileged
 * user, on loopback or a socket in that folder. tests/phpt/run makes the folder, and at its end stops by its pid
 * whatever stands in there.
 */

use Async\Pool;

require_once __DIR__ . '/sync.php';

const CONNECTED_BY_THE_TEST = true; // persistent connections stay to the end

/** Says why a test that needs these programs, extensions and files cannot run here, for --SKIPIF--. */
function needs(string ...$what): void
{
    $lacks = array_filter($what, fn(string $one) => match (true) {
        str_contains($one, '*') => glob($one) === [],
        str_contains($one, '/') => !file_exists($one),
        default => !is_executable(trim((string) shell_exec('command -v ' . escapeshellarg($one)))),
    });
    if ($lacks) {
        echo 'skip needs ', implode(', ', $lacks), ' (make services)';
    } elseif (!getenv('TEST_SERVICES')) {
        echo 'skip needs tests/phpt/run, which stops the servers';
    }
}

/** A PostgreSQL of this run: the options of a connection to it. */
function postgresql(): string
{
    $folder = service('postgresql', function (string $folder): array {
        $bin = glob('/usr/lib/postgresql/*/bin')[0];
        run(as_nobody([...["$bin/initdb", '-D', "$folder/data"], ...['-A', 'trust', '-U', 'async', '--no-sync', '--locale=C', '-E', 'UTF8']]));
        return ["$bin/postgres", '-D', "$folder/data", '-k', $folder, '-F', '-c', 'listen_addresses='];
    });
    $options = "host=$folder dbname=postgres user=async";
    patiently($folder, fn() => new PDO("pgsql:$options"));
    return $options;
}

/** A MariaDB of this run: its socket. Any name and no password is let in. */
function mariadb(): string
{
    $folder = service('mariadb', fn(string $folder) => [
        '/usr/sbin/mariadbd', '--no-defaults', "--datadir=$folder", "--socket=$folder/socket", "--pid-file=$folder/own.pid",
        '--skip-networking', '--skip-grant-tables', '--innodb=OFF', '--default-storage-engine=Aria',
    ]);
    patiently($folder, fn() => new PDO("mysql:unix_socket=$folder/socket", 'async'));
    return "$folder/socket";
}

/** A Redis of this run: its socket. */
function redis(): string
{
    $folder = service('redis', fn(string $folder) => [
        '/usr/bin/redis-server', '--port', '0', '--unixsocket', "$folder/socket", '--unixsocketperm', '777', '--save', '', '--dir', $folder,
    ]);
    patiently($folder, fn() => (new Redis())->connect("$folder/socket") ?: throw new LogicException('Redis does not answer'));
    return "$folder/socket";
}

/** A RabbitMQ of this run, and a connection to it. */
function rabbitmq(): PhpAmqpLib\Connection\AMQPStreamConnection
{
    // Its autoloader asks for that of others by their place in this folder, where a PHP of another origin does not look.
    set_include_path(get_include_path() . PATH_SEPARATOR . '/usr/share/php');
    require_once '/usr/share/php/PhpAmqpLib/autoload.php';
    $epmd = service('epmd', fn(string $folder) => ['/usr/bin/epmd', '-address', '127.0.0.1', '-port', (string) port($folder)]);
    $folder = service('rabbitmq', fn(string $folder) => [
        'env', 'ERL_EPMD_PORT=' . port($epmd), 'RABBITMQ_NODENAME=async@localhost', 'RABBITMQ_NODE_IP_ADDRESS=127.0.0.1',
        'RABBITMQ_NODE_PORT=' . port($folder), 'RABBITMQ_DIST_PORT=' . port("$folder-between-nodes"),
        "RABBITMQ_BASE=$folder", "RABBITMQ_MNESIA_BASE=$folder/mnesia", "RABBITMQ_LOG_BASE=$folder/log", 'RABBITMQ_LOGS=-',
        "RABBITMQ_CONFIG_FILE=$folder/none", "RABBITMQ_CONF_ENV_FILE=$folder/none", "RABBITMQ_ENABLED_PLUGINS_FILE=$folder/none",
        "RABBITMQ_GENERATED_CONFIG_DIR=$folder/generated", 'RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-rabbit quorum_tick_interval 500', 'RABBITMQ_ALLOW_INPUT=1', // no shell above it that would keep the pid
        '/usr/lib/rabbitmq/bin/rabbitmq-server', '-noinput',
    ]);
    return patiently($folder, fn() => new PhpAmqpLib\Connection\AMQPStreamConnection('127.0.0.1', port($folder), 'guest', 'guest'));
}

/** What rabbitmqctl says to that RabbitMQ. @return list<string> its lines */
function rabbitmqctl(string ...$arguments): array
{
    $folder = getenv('TEST_SERVICES') . '/rabbitmq';
    $epmd = port(getenv('TEST_SERVICES') . '/epmd');
    $command = as_nobody(['env', "HOME=$folder", "ERL_EPMD_PORT=$epmd", "RABBITMQ_CONF_ENV_FILE=$folder/none", 'RABBITMQ_NODENAME=async@localhost',
        '/usr/lib/rabbitmq/bin/rabbitmqctl', '-q', '-n', 'async@localhost', ...$arguments]);
    exec('cd ' . escapeshellarg($folder) . '; ' . implode(' ', array_map('escapeshellarg', $command)) . ' 2>&1', $output, $code);
    $code === 0 || throw new LogicException(implode("\n", $output));
    return $output;
}

/** A server that repeats each line, over TLS, with a certificate of its own: a connection to it. */
function tls()
{
    $folder = service('tls', function (string $folder): array {
        run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
            '-keyout', "$folder/key", '-out', "$folder/certificate"]);
        chmod("$folder/key", 0644);
        return [getenv('TEST_PHP_EXECUTABLE'), '-n', __DIR__ . '/tls_echo.php', (string) port($folder), $folder];
    });
    $options = ['ssl' => ['cafile' => "$folder/certificate", 'peer_name' => 'localhost']];
    $connection = patiently($folder, fn() => @stream_socket_client('tls://127.0.0.1:' . port($folder), timeout: PATIENCE, context: stream_context_create($options))
        ?: throw new LogicException('no TLS: ' . error_get_last()['message']));
    stream_set_timeout($connection, PATIENCE);
    return $connection;
}

/** Ends a server, and waits for that. Whoever asks for it next starts it again in the same folder, at the same port. */
function stop_service(string $name, int $signal = SIGTERM): void
{
    $folder = getenv('TEST_SERVICES') . "/$name";
    $pid = (int) file_get_contents("$folder.pid");
    $pid > 1 || throw new LogicException("no process of $name");
    posix_kill($pid, $signal);
    ended($pid);
    unlink("$folder.pid");
}

/**
 * The folder of a server that runs from now to the end of the run, or until {@see stop_service()}.
 *
 * @param callable(string): list<string> $command prepares the folder and gives the command; the process that it becomes is the server
 */
function service(string $name, callable $command): string
{
    $folder = getenv('TEST_SERVICES') . "/$name";
    $lock = fopen("$folder.lock", 'c');
    flock($lock, LOCK_EX); // another test may be at it
    if (!file_exists("$folder.pid")) {
        if (!is_dir($folder)) {
            mkdir($folder);
            chmod($folder, 0755);
            if (posix_geteuid() === 0) {
                chown($folder, NOBODY);
            }
        }
        // In a session of its own, with nothing of this process open: not the lock either.
        $alone = 'for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ "$fd" -lt 3 ] || eval "exec $fd>&-"; done; exec setsid "$@"';
        $start = implode(' ', array_map('escapeshellarg', ['bash', '-c', $alone, 'bash', ...as_nobody($command($folder))]));
        shell_exec("cd $folder; HOME=$folder $start </dev/null >>$folder.log 2>&1 & echo $! >$folder.pid");
    }
    fclose($lock);
    return $folder;
}

const NOBODY = 65534;

/** Servers refuse to run as root, and have no need to. */
function as_nobody(array $command): array
{
    return posix_geteuid() === 0 ? ['setpriv', '--reuid=' . NOBODY, '--regid=' . NOBODY, '--clear-groups', ...$command] : $command;
}

/** A command that has to succeed. */
function run(array $command): void
{
    exec(implode(' ', array_map('escapeshellarg', $command)) . ' 2>&1', $output, $code);
    $code === 0 || throw new LogicException(implode("\n", $output));
}

/** A free port, the same one each time for the same folder. */
function port(string $folder): int
{
    if (!file_exists("$folder.port")) {
        $probe = stream_socket_server('tcp://127.0.0.1:0');
        file_put_contents("$folder.port", explode(':', stream_socket_get_name($probe, false))[1]);
    }
    return (int) file_get_contents("$folder.port");
}

/** What $connect gives, once the server of this folder answers. */
function patiently(string $folder, callable $connect): mixed
{
    $deadline = hrtime(true) + 2 * PATIENCE * 1_000_000_000;
    while (true) {
        try {
            return $connect();
        } catch (Throwable $e) {
            if (hrtime(true) > $deadline) {
                throw new LogicException("no answer; its log ends with\n" . substr((string) file_get_contents("$folder.log"), -2000), 0, $e);
            }
            usleep(50_000);
        }
    }
}

/** Two hundred children and more that hold what $held is, and end in every way: how many tasks that were. */
function two_hundred_children(mixed $held): string
{
    $ways = [
        'value' => fn() => 1,
        'handle' => fn() => $held,
        'throw' => fn() => throw new DomainException('x'),
        'error' => fn() => undefined(),
        'exit' => fn() => exit(0),
        'fatal' => fn() => trigger_error('x', E_USER_ERROR),
        'SIGTERM' => fn() => posix_kill(getmypid(), SIGTERM),
        'SIGSEGV' => fn() => posix_kill(getmypid(), SIGSEGV),
        'SIGKILL' => fn() => posix_kill(getmypid(), SIGKILL),
        'own' => function () use ($held) { $own = $held; register_shutdown_function(fn() => $own); return 2; },
    ];
    $ended = $badly = 0;
    foreach ([20 => 1, 10 => 0] as $rounds => $tasks) { // children of one task, and warm workers of many
        $pool = Pool::create()->concurrency(16)->tasksPerChild($tasks);
        for ($i = 0; $i < $rounds; $i++) {
            foreach ($ways as $way => $task) {
                $pool["$way $i"] = $task;
            }
        }
        $ended += count(Async\settle($pool));
        $badly += count($pool->getFailed());
    }
    return "$ended ended, $badly badly";
}
