<?php

// Random programs over the whole API, the same for the same seed everywhere. What makes the statements is in
// statements.php and values.php; here is what they share: chance, the variables that there are, and how deep it may go.

declare(strict_types=1);

namespace Programs;

final class Generator
{
    use Statements;
    use Closures;

    /** How many statements are left to be made. */
    private int $budget;
    private int $depth = 0;
    /** Whether this is in a function, and not at the top level. */
    private int $inside = 0;
    /** Whether this runs in a task. */
    private int $child = 0;
    /** Whether an exception may be on its way. */
    private int $endings = 0;
    private int $places = 0;
    private int $numbers = 0;
    /** @var array<string, list<string>> names of variables by kind: p pools, f futures, i iterators, b fibers, g generators, o objects */
    private array $variables = [];
    private int $state;

    private function __construct(int $seed)
    {
        $this->state = (self::modulo($seed * 0x9E3779B1) ^ 0x2545F4914F6CDD1D) ?: 1;
        for ($i = 0; $i < 8; $i++) {
            $this->below(2);
        }
    }

    public static function program(int $seed): Program
    {
        $self = new self($seed);
        $ini = [];
        $self->one(3) && $ini['async.max_children'] = (string) $self->pick([1, 1, 2, 2, 3, 4, 6]);
        $self->one(3) && $ini['async.notifier'] = 'signal';
        $self->one(5) && $ini['async.at_exit'] = 'kill';
        $self->one(8) && $ini['async.concurrency'] = (string) $self->pick([1, 2]);
        $self->one(5) && $ini['async.idle_timeout'] = $self->pick(['0.002', '0.02', '0']);
        $self->one(4) && $ini['async.handlers'] = $self->pick(['anywhere', 'await', 'scope']);
        $self->budget = $self->pick([6, 10, 16, 24, 36]);
        $nodes = [];
        $self->one(4) || $nodes[] = $self->newPool();
        while ($self->budget > 0) {
            $nodes[] = $self->statement();
        }
        return new Program($seed, $ini, new Slot($nodes));
    }

    /** The product of a large seed is a float: this is what it is modulo 2^64. */
    private static function modulo(int|float $product): int
    {
        if (is_int($product)) {
            return $product;
        }
        $rest = fmod($product, 2 ** 64);
        return (int) ($rest >= 2 ** 63 ? $rest - 2 ** 64 : $rest);
    }

    private function below(int $limit): int
    {
        $x = $this->state;
        $x ^= $x << 13;
        $x ^= ($x >> 7) & 0x01FFFFFFFFFFFFFF;
        $x ^= $x << 17;
        $this->state = $x;
        return ($x & PHP_INT_MAX) % $limit;
    }

    /** True one time in so many. */
    private function one(int $in): bool
    {
        return $this->below($in) === 0;
    }

    /**
     * @template T
     * @param non-empty-list<T> $of
     * @return T
     */
    private function pick(array $of): mixed
    {
        return $of[$this->below(count($of))];
    }

    /**
     * One of the keys, each as often as its weight says.
     *
     * @param array<string, int> $weights
     */
    private function weighed(array $weights): string
    {
        $at = $this->below(array_sum($weights));
        foreach ($weights as $name => $weight) {
            $at -= $weight;
            if ($at < 0) {
                return $name;
            }
        }
        return $name;
    }

    /** A variable of this kind that is there, by its name with the dollar; null when there is none. */
    private function some(string $kind): ?string
    {
        $names = $this->variables[$kind] ?? [];
        return $names === [] ? null : '$' . ($this->one(3) ? $this->pick($names) : $names[count($names) - 1]);
    }

    private function fresh(string $kind): string
    {
        $name = $kind . ++$this->numbers;
        $this->variables[$kind][] = $name;
        return '$' . $name;
    }

    /** @return list<string> */
    private function known(): array
    {
        return array_merge(...array_values($this->variables), ...[[]]);
    }

    private function node(string|Node|Slot ...$parts): Node
    {
        return new Node($parts);
    }

    /** A few statements in braces. */
    private function block(int $most = 3, string ...$first): Block
    {
        $nodes = array_map(fn (string $line) => new Node([$line]), $first);
        $this->depth++;
        for ($n = 1 + $this->below($most); $n > 0 && $this->budget > 0; $n--) {
            $nodes[] = $this->statement();
        }
        $this->depth--;
        return new Block(new Slot($nodes));
    }

    /** A closure that does something. What it does often it does once. */
    private function does(string $parameters = '', bool $often = false, ?string $first = null, ?string $last = null, bool $child = false): Lambda
    {
        $byReference = $this->one(2);
        $variables = $this->variables;
        $known = $this->known();
        $this->inside++;
        $this->child += (int) $child;
        $block = $this->block(2);
        $this->child -= (int) $child;
        $this->inside--;
        if (!$byReference) {
            $this->variables = $variables;
        }
        $nodes = $often ? [$this->node('if (once(' . ++$this->places . ')) ', $block)] : $block->slot->nodes;
        $first === null || array_unshift($nodes, $this->node($first));
        $last === null || $nodes[] = $this->node($last);
        return new Lambda($parameters, new Block(new Slot($nodes)), $byReference ? null : $known, "function ($parameters) { " . trim("$first $last") . ' }');
    }
}
