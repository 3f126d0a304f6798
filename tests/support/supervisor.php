<?php

declare(strict_types=1);

/*
 * What tests of supervisors have in common. What a test does meanwhile it does when it is told of an event: so nothing
 * has to be timed.
 */

require_once __DIR__ . '/sync.php';

/** What has happened, in a form that does not depend on times and process ids. */
final class Log
{
    /** @var list<string> */
    public array $lines = [];

    /** @var array<string, callable(array<string, mixed>): void> */
    private array $at = [];

    /** @var array<string, int> */
    private array $counts = [];

    /** @param list<string> $without events that are not written down */
    public function __construct(private readonly array $without = ['started', 'ready'])
    {
    }

    /** Has something done at the nth event of a name: `failed`, or `failed w.2`. */
    public function at(string $event, callable $do, int $nth = 1): self
    {
        $this->at["$event $nth"] = $do;
        return $this;
    }

    public function __invoke(string $level, string $message, array $context): void
    {
        $worker = match (true) {
            isset($context['id']) => " {$context['name']}.{$context['id']}",
            isset($context['name']) => " {$context['name']}",
            default => '',
        };
        if (!in_array($context['event'], $this->without, true)) {
            $this->lines[] = "$level: {$context['event']}$worker";
        }
        foreach (array_unique([$context['event'], $context['event'] . $worker]) as $name) {
            $nth = $this->counts[$name] = ($this->counts[$name] ?? 0) + 1;
            if (isset($this->at["$name $nth"])) {
                $this->at["$name $nth"]($context);
            }
        }
    }

    /** @param bool $sorted where the order is that of chance */
    public function print(bool $sorted = false): void
    {
        $lines = $this->lines;
        if ($sorted) {
            sort($lines);
        }
        echo implode("\n", $lines), "\n";
    }
}

/** Sends this process a signal, as an operator would. */
function order(int $signal): void
{
    posix_kill(getmypid(), $signal);
}
