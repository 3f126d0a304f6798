<?php

declare(strict_types=1);

/*
 * Laravel's queue component, of ILLUMINATE_ROOT or of this machine, and what the tests of its bridge need.
 */

use Illuminate\Container\Container;
use Illuminate\Contracts\Queue\Job as JobContract;
use Illuminate\Queue\Jobs\Job;

(static function (): void {
    $root = getenv('ILLUMINATE_ROOT') ?: '/usr/share/php';
    $of = ['Support' => ['Support', 'Collections', 'Macroable', 'Conditionable', 'Reflection']];
    spl_autoload_register(static function (string $class) use ($root, $of): void {
        $parts = explode('\\', $class, 3);
        $files = ["$root/" . strtr($class, '\\', '/') . '.php'];
        if ($parts[0] === 'Illuminate' && count($parts) === 3) {
            foreach ($of[$parts[1]] ?? [$parts[1]] as $folder) {
                $files[] = "$root/Illuminate/$folder/" . strtr($parts[2], '\\', '/') . '.php';
            }
        } elseif (!in_array($parts[0], ['Symfony', 'Psr', 'Carbon'], true)) {
            return;
        }
        $files[] = '/usr/share/php/' . strtr($class, '\\', '/') . '.php';
        foreach ($files as $file) {
            if (is_file($file)) {
                require_once $file;
                return;
            }
        }
    });
    foreach (['Collections/functions.php', 'Collections/helpers.php', 'Reflection/helpers.php', 'Support/functions.php', 'Support/helpers.php', 'Events/functions.php'] as $file) {
        if (is_file("$root/Illuminate/$file")) {
            require_once "$root/Illuminate/$file";
        }
    }
    foreach (['Symfony/Contracts/Deprecation/function.php', 'Symfony/Component/String/Resources/functions.php'] as $file) {
        foreach ([$root, '/usr/share/php'] as $from) {
            if (is_file("$from/$file")) {
                require_once "$from/$file";
                break;
            }
        }
    }
})();

if (!function_exists('array_last')) { // PHP 8.5 has it, and Laravel 13 a polyfill
    function array_last(array $array): mixed
    {
        return $array === [] ? null : $array[array_key_last($array)];
    }
}

if (!interface_exists(JobContract::class) || !class_exists(Job::class)) {
    return;
}

/** A queue in this process: what becomes of its jobs. */
final class JobsInMemory
{
    /** @var list<array{string, int}> bodies, and how often they were tried */
    public array $waiting = [];
    public array $deleted = [];
    public array $released = [];
    public int $out = 0;
    public int $most = 0;

    public function __construct(private readonly Container $container, array $bodies)
    {
        foreach ($bodies as $body) {
            $this->waiting[] = [json_encode($body + ['job' => 'LaravelJob@handle', 'displayName' => 'LaravelJob']), 0];
        }
    }

    public function getConnectionName(): string
    {
        return 'memory';
    }

    public function pop($queue = null, $index = 0): ?JobContract
    {
        if ($this->waiting === []) {
            return null;
        }
        [$body, $tried] = array_shift($this->waiting);
        $this->most = max($this->most, ++$this->out);
        return new JobInMemory($this->container, $this, $body, $tried + 1);
    }
}

final class JobInMemory extends Job implements JobContract
{
    public function __construct($container, private readonly JobsInMemory $jobs, private readonly string $body, private readonly int $tried)
    {
        $this->container = $container;
        $this->connectionName = 'memory';
        $this->queue = 'default';
    }

    public function getJobId()
    {
        return json_decode($this->body)->data->name;
    }

    public function getRawBody()
    {
        return $this->body;
    }

    public function attempts()
    {
        return $this->tried;
    }

    public function delete()
    {
        parent::delete();
        $this->jobs->out--;
        $this->jobs->deleted[] = $this->getJobId();
    }

    public function release($delay = 0)
    {
        parent::release($delay);
        $this->jobs->out--;
        $this->jobs->released[] = [$this->getJobId(), $delay];
        $this->jobs->waiting[] = [$this->body, $this->tried];
    }
}

final class LaravelJob
{
    public function handle(JobContract $job, array $data): void
    {
        file_put_contents(getenv('LARAVEL_LEDGER'), "{$data['name']} " . getmypid() . "\n", FILE_APPEND);
        match ($data['does'] ?? '') {
            '' => $job->delete(),
            'throw' => throw new LaravelJobFailed("no {$data['name']}"),
            'twice' => $job->attempts() < 2 ? throw new LaravelJobFailed('not yet') : $job->delete(),
            'release' => $job->attempts() < 2 ? $job->release(0) : $job->delete(),
            'fail' => $job->fail(new LaravelJobFailed('gives up')),
            'exit' => exit(3),
            'sleep' => sleep(60),
            'db' => $job->delete() ?? file_put_contents(getenv('LARAVEL_LEDGER'), 'db ' . count((fn() => $this->connections)->call(Container::getInstance()->make('db'))) . "\n", FILE_APPEND),
        };
    }

    public function failed(array $data, ?Throwable $error = null): void
    {
        file_put_contents(getenv('LARAVEL_LEDGER'), "failed {$data['name']}\n", FILE_APPEND);
    }
}

final class LaravelJobFailed extends RuntimeException
{
}
