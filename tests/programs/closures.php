<?php

// Tasks, handlers, and the functions of maps: what the library is given to call.

declare(strict_types=1);

namespace Programs;

trait Closures
{
    /** A task that is to give a value with this number in it. */
    private function task(int $number): Node
    {
        $simple = "fn () => '$number: value'";
        $kind = $this->weighed([
            'value' => 16, 'large' => 3, 'huge' => 1, 'throw' => 6, 'exit' => 2, 'fatal' => 1, 'kill' => 2, 'unserializable' => 2,
            'future' => 2, 'prints' => 3, 'sleeps' => 8, 'long' => 1, 'bound' => 6, 'waking' => 4, 'laden' => 3, 'callable' => 4,
            'generator' => 1, 'reference' => 1, 'static' => 2, 'object' => 2, 'asked' => 2, 'shares' => ($this->variables['s'] ?? []) === [] ? 0 : 8,
            'does' => $this->child === 0 && $this->depth < 4 ? 6 : 0, 'nested' => $this->child < 2 ? 3 : 0,
        ]);
        $text = match ($kind) {
            'value' => $simple,
            'large' => "fn () => sized($number, " . $this->pick([4_000, 30_000, 65_536, 70_000, 200_000]) . ')',
            'huge' => "fn () => sized($number, 3 << 20)",
            'throw' => $this->pick(["fn () => throw new DomainException('of task $number')", 'fn () => no_such_function()', "fn () => throw new Exception('outer', 3, new Error('inner'))"]),
            'exit' => 'fn () => exit(' . $this->below(3) . ')',
            'fatal' => "fn () => trigger_error('of a task', E_USER_ERROR)",
            'kill' => 'fn () => posix_kill(getmypid(), ' . $this->pick(['SIGKILL', 'SIGKILL', 'SIGTERM']) . ')',
            'unserializable' => $this->pick(['fn () => fn () => 1', 'fn () => STDIN', 'fn () => new Refusing()', 'fn () => new class { }', 'fn () => [1, [tmpfile()]]']),
            'future' => "fn () => async(fn () => '$number: of a future')",
            'prints' => "function () { echo 'printed '; " . $this->pick(['', 'fwrite(STDERR, \'error output \'); ', 'ob_start(); ', 'echo str_repeat("line\n", 20_000); ']) . "return '$number: printed'; }",
            'sleeps' => 'function () { usleep(' . $this->pick([200, 1_000, 2_000, 5_000]) . "); return '$number: slept'; }",
            'long' => "function () { usleep(200_000); return '$number: slept long'; }",
            'static' => "static function () { static \$n = 0; return '$number: ' . ++\$n; }",
            'generator' => 'function () { yield 1; }',
            'asked' => "function () { for (\$n = 0; \$n < 40 && !Async\\cancelled(); \$n++) { Async\\progress(\$n / 40); usleep(300); } " . $this->pick(['', 'Async\\throwIfCancelled(); ']) . "return '$number: asked'; }",
            'shares' => $this->shares($number),
            'reference' => "function &() { static \$kept = '$number: by reference'; return \$kept; }",
            'callable' => $this->pick(["'named'", 'named(...)', '[new Service(), \'__invoke\']', 'new Service()', "new Chore('x')"]),
            'object' => 'fn () => ' . $this->pick(['new Service()', 'new ArrayObject([1, 2])', 'new SplObjectStorage()', '(object) [\'a\' => [1, 2, 3]]', 'range(1, 5_000)', 'Output::Capture', 'new DateTime(\'@1\')']),
            default => null,
        };
        if ($text !== null) {
            return new Node([$text], $simple);
        }
        return match ($kind) {
            'bound' => $this->bound($number, $simple),
            'waking' => new Node(["fn () => new Waking({$this->waking()})"], $simple),
            'laden' => new Node(['fn () => throw new Laden(' . $this->pick(["new Waking({$this->waking()})", 'fn () => 1', 'STDIN', 'new ArrayObject([1])']) . ')'], $simple),
            'does' => new Node([$this->does(last: "return '$number: did';", child: true)], $simple),
            'nested' => $this->nested($number, $simple),
        };
    }

    /** A task that uses what others share with it. */
    private function shares(int $number): string
    {
        $shared = $this->some('s');
        $uses = implode(' ', array_map(fn () => "{$shared}?->use({$this->below(13)});", range(1, 1 + $this->below(3))));
        return "function () use ($shared) { $uses return '$number: shared'; }";
    }

    /** A task that is bound to something of its parent. */
    private function bound(int $number, string $simple): Node
    {
        $to = $this->some($this->pick(['p', 'f', 'o', 'b', 'g', 'i']));
        if ($to === null) {
            return new Node(["(fn (\$with) => fn () => '$number: bound' . strlen(\$with))(str_repeat('b', " . $this->pick([3, 40_000]) . '))'], $simple);
        }
        return new Node(["function () use ($to) { return '$number: ' . get_debug_type($to); }"], $simple);
    }

    /** A task that runs tasks of its own. */
    private function nested(int $number, string $simple): Node
    {
        $this->child++;
        $variables = $this->variables;
        $this->variables = [];
        $pool = $this->fresh('p');
        $nodes = [$this->node("$pool = Pool::create()", $this->settings(), ';')];
        for ($n = 1 + $this->below(3); $n > 0; $n--) {
            $nodes[] = $this->node("{$pool}[] = ", $this->task(++$this->numbers), ';');
        }
        $nodes[] = $this->node($this->pick(["settle($pool);", "await($pool);", "foreach ($pool as \$each) { break; }", "{$pool}->cancel();", '']));
        $nodes[] = $this->node("return '$number: nested';");
        $this->variables = $variables;
        $this->child--;
        return new Node([new Lambda('', new Block(new Slot($nodes)), null, $simple)], $simple);
    }

    /** Something that happens when a value comes into being; gives its number. */
    private function waking(): int
    {
        return $this->wakings[] = ++$this->numbers;
    }

    /** @var list<int> those that have nothing to do yet */
    private array $wakings = [];

    /** A handler for a future with this number. */
    private function handler(string $kind, int $number): Node
    {
        $id = ++$this->numbers;
        $type = $kind !== 'catch' ? '' : $this->pick(['', 'Throwable ', 'Throwable ', 'DomainException ', 'Error ', 'Async\\AsyncException ', 'DomainException|Error ']);
        $parameter = match ($kind) {
            'then' => '$value',
            'catch', 'timeout' => "$type\$error",
            'finally' => '',
        };
        $note = "static \$runs; handled($id, \$runs" . ($kind === 'catch' ? ', $error' : '') . ');';
        $last = match (true) {
            $this->one(12) => "throw new DomainException('of handler $id');",
            $kind !== 'finally' && $this->one(2) => "return '$number: $kind';",
            $kind !== 'finally' && $this->one(8) => 'return ' . $this->pick(['sized(' . $number . ', 100_000)', 'new Service()', 'null']) . ';',
            default => null,
        };
        if ($this->depth < 5 && $this->budget > 0 && $this->one(2)) {
            return $this->does($parameter, first: $note, last: $last);
        }
        return new Lambda($parameter, new Block(new Slot(array_map(fn ($line) => $this->node($line), array_filter([$note, $last])))), null, "function ($parameter) { $note }");
    }

    /** Calls that follow a future. */
    private function chain(int $number, int $most = 3): Slot
    {
        $calls = [];
        for ($n = $this->below($most + 1); $n > 0; $n--) {
            $kind = $this->weighed(['then' => 6, 'catch' => 5, 'finally' => 3, 'timeout' => 1, 'limit' => 2, 'start' => 1]);
            $calls[] = match ($kind) {
                'limit' => $this->node('->timeout(' . $this->pick(['0.003', '0.02', '5.0', '0']) . ')'),
                'start' => $this->node('->start()'),
                default => $this->node("->$kind(", $this->handler($kind, $number), ')'),
            };
        }
        return new Slot($calls);
    }

    /** Calls that follow a new pool. */
    private function settings(): Slot
    {
        $calls = [];
        for ($n = $this->below(4); $n > 0; $n--) {
            $calls[] = $this->setting();
        }
        return new Slot($calls);
    }

    private function setting(): Node
    {
        $text = match ($this->weighed(['concurrency' => 6, 'tasks' => 6, 'recycle' => 2, 'retry' => 3, 'output' => 3, 'timeout' => 2, 'memory' => 1, 'nice' => 1, 'hook' => 3, 'handlers' => 2, 'signals' => 1, 'flow' => 4])) {
            'concurrency' => '->concurrency(' . $this->pick([1, 1, 2, 2, 3, 4]) . ')',
            'tasks' => '->tasksPerChild(' . $this->pick([0, 0, 0, 1, 2, 3]) . ')',
            'recycle' => '->recycle(' . $this->pick(['tasks: 2', 'seconds: 0.004', 'bytes: 64 << 20', 'tasks: 1']) . ')',
            'retry' => '->retry(' . $this->pick(['1', '2', '1, 0.002', '0']) . ')',
            'output' => '->output(Output::' . $this->pick(['Capture', 'Capture', 'Discard', 'Inherit']) . ')',
            'timeout' => '->timeout(' . $this->pick(['0.003', '0.03', '5.0', 'null']) . ')',
            'memory' => '->memoryLimit(' . $this->pick(["'64M'", "'1G'"]) . ')',
            'nice' => '->nice(1)',
            'handlers' => '->handlers(Async\Handlers::' . $this->pick(['Scope', 'Anywhere', 'Await']) . ')',
            'signals' => '->forwardSignals(' . $this->pick(['SIGUSR1', 'SIGUSR1, SIGTERM', '']) . ')',
            'flow' => $this->pick(['->failFast()', '->queueLimit(1)', '->queueLimit(3)', '->rate(500)', '->rate(20, 0.05)', '->retry(2, 0.001, 0.002, 0.5, fn (Throwable $error) => $error instanceof Exception)', '->onExit(fn () => usleep(100))']),
            'hook' => null,
        };
        if ($text !== null) {
            return $this->node($text);
        }
        $object = $this->some('o');
        if ($object !== null && $this->one(2)) {
            return $this->node("->onFork({$this->pick(['child', 'parent'])}: [$object, 'hook'])");
        }
        $side = $this->pick(['child', 'parent']);
        return $this->node("->onFork($side: ", $this->does(often: true, child: $side === 'child'), ')');
    }

    /** The items of a map. */
    private function items(): Node
    {
        $few = $this->pick([1, 3, 8, 40]);
        $simple = "range(1, $few)";
        return match ($this->weighed(['range' => 5, 'large' => 2, 'empty' => 1, 'generator' => 4, 'throws' => 2, 'does' => 2, 'iterator' => 1])) {
            'range' => new Node([$simple]),
            'large' => new Node(["array_fill(0, $few, str_repeat('i', 70_000))"], $simple),
            'empty' => new Node(['[]'], $simple),
            'generator' => new Node(["(function () { for (\$n = 0; \$n < $few; \$n++) { yield \"k\$n\" => \$n; } })()"], $simple),
            'throws' => new Node(["(function () { yield from range(1, $few); throw new DomainException('of a source'); })()"], $simple),
            'does' => new Node(['(', $this->does(often: true, last: "yield from range(1, $few);"), ')()'], $simple),
            'iterator' => new Node(["new ArrayIterator(range(1, $few))"], $simple),
        };
    }

    /** The function of a map. */
    private function mapper(): Node
    {
        $simple = 'fn ($item) => $item';
        $text = match ($this->weighed(['same' => 6, 'large' => 3, 'throws' => 3, 'exits' => 1, 'dies' => 1, 'sleeps' => 2, 'prints' => 1, 'waking' => 2, 'does' => 1, 'closure' => 1, 'map' => 1])) {
            'same' => $simple,
            'large' => "fn (\$item) => str_repeat('m', 80_000)",
            'throws' => "fn (\$item) => \$item === 2 ? throw new DomainException('of an item') : 'item'",
            'exits' => 'fn ($item) => $item === 2 ? exit(4) : $item',
            'dies' => 'fn ($item) => $item === 3 ? posix_kill(getmypid(), SIGKILL) : $item',
            'sleeps' => 'function ($item) { usleep(500); return $item; }',
            'prints' => "function (\$item) { echo 'item '; return \$item; }",
            'waking' => "fn (\$item) => new Waking({$this->waking()})",
            'closure' => 'fn ($item) => fn () => $item',
            'map' => 'fn ($item) => ' . $this->pick(['Async\map(range(1, 3), fn ($inner) => $inner, 2)', 'iterator_to_array(Pool::create()->concurrency(2)->map(range(1, 3), fn ($inner) => async(fn () => $inner)->await()))']),
            'does' => null,
        };
        return $text === null ? new Node([$this->does('$item', often: true, last: 'return $item;', child: true)], $simple) : new Node([$text], $simple);
    }
}
