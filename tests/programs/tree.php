<?php

// A program as a tree: what can be left out of it or made simpler is known, so that a failure can be made small.

declare(strict_types=1);

namespace Programs;

/** Source text, with other nodes and lists of nodes in it. */
class Node
{
    /** Whether the simple text stands in place of the parts. */
    public bool $reduced = false;

    /**
     * @param list<string|Node|Slot> $parts
     * @param string|null $simple what would do in its place
     */
    public function __construct(public readonly array $parts, public readonly ?string $simple = null)
    {
    }

    public function render(int $indent = 0): string
    {
        if ($this->reduced) {
            return (string) $this->simple;
        }
        return implode('', array_map(fn ($part) => is_string($part) ? $part : $part->render($indent), $this->parts));
    }
}

/** A list of statements, or of the calls of a chain: each of them can be left out. */
final class Slot
{
    /** @param list<Node> $nodes */
    public function __construct(public array $nodes)
    {
    }

    public function render(int $indent): string
    {
        $space = "\n" . str_repeat('    ', $indent + 1);
        return implode('', array_map(fn (Node $node) => $space . $node->render($indent + 1), $this->nodes));
    }
}

/** Statements in braces. */
final class Block extends Node
{
    public function __construct(public readonly Slot $slot)
    {
        parent::__construct([$slot]);
    }

    public function render(int $indent = 0): string
    {
        $body = parent::render($indent);
        return $body === '' ? '{ }' : "{{$body}\n" . str_repeat('    ', $indent) . '}';
    }
}

/** A closure. What it uses is seen from its body. */
final class Lambda extends Node
{
    /** @param list<string>|null $known variables that it takes by value; null: all that it mentions, by reference */
    public function __construct(
        private readonly string $parameters,
        private readonly Block $body,
        private readonly ?array $known,
        ?string $simple,
    ) {
        parent::__construct([$body], $simple);
    }

    public function render(int $indent = 0): string
    {
        if ($this->reduced) {
            return (string) $this->simple;
        }
        $body = $this->body->render($indent);
        preg_match_all('/\$([a-z]\d+)\b/', $body, $found);
        preg_match_all('/\$([a-z]\d+)\b/', $this->parameters, $own);
        $names = array_diff(array_unique($found[1]), $own[1]);
        if ($this->known !== null) {
            $names = array_intersect($names, $this->known);
        }
        sort($names, SORT_NATURAL);
        $sign = $this->known === null ? '&$' : '$';
        $use = $names === [] ? '' : ' use (' . implode(', ', array_map(fn (string $name) => $sign . $name, $names)) . ')';
        return "function ($this->parameters)$use $body";
    }
}

/** A whole program, and php.ini's part of it. */
final class Program
{
    /** @param array<string, string> $ini */
    public function __construct(public readonly int $seed, public array $ini, private readonly Slot $body)
    {
    }

    public function source(): string
    {
        $ini = implode('', array_map(fn ($name) => " -d $name={$this->ini[$name]}", array_keys($this->ini)));
        $support = var_export(__DIR__ . '/support.php', true);
        $body = implode("\n", array_map(fn (Node $node) => $node->render(), $this->body->nodes));
        return <<<PHP
            <?php // tests/programs/run --seed=$this->seed
            // php$ini

            use Async\\{Future, Output, Pool};
            use function Async\\{async, await, settle};

            require $support;

            $body
            finish();

            PHP;
    }

    /**
     * All that can be taken back: each is called to do it, and gives what undoes it; null when it has been done already.
     * Large parts come first.
     *
     * @return iterable<callable(): ?callable>
     */
    public function reductions(): iterable
    {
        foreach (array_keys($this->ini) as $name) {
            yield function () use ($name): callable {
                $ini = $this->ini;
                unset($this->ini[$name]);
                return fn () => $this->ini = $ini;
            };
        }
        yield from $this->of($this->body);
    }

    /** @return iterable<callable(): ?callable> */
    private function of(Slot $slot): iterable
    {
        for ($size = count($slot->nodes); $size >= 1; $size = intdiv($size, 2)) {
            for ($at = count($slot->nodes) - $size; $at >= 0; $at -= $size) {
                yield function () use ($slot, $at, $size): ?callable {
                    $nodes = $slot->nodes;
                    if (count($nodes) < $at + $size) {
                        return null;
                    }
                    array_splice($slot->nodes, $at, $size);
                    return fn () => $slot->nodes = $nodes;
                };
            }
        }
        foreach ($slot->nodes as $node) {
            yield from $this->within($node, $slot);
        }
    }

    /** @return iterable<callable(): ?callable> */
    private function within(Node $node, ?Slot $slot): iterable
    {
        if ($node->reduced) {
            return;
        }
        foreach ($slot === null ? [] : $node->parts as $part) {
            if ($part instanceof Block) { // what it holds in its place
                yield function () use ($node, $slot, $part): ?callable {
                    $at = array_search($node, $slot->nodes, true);
                    $nodes = $slot->nodes;
                    if ($at === false) {
                        return null;
                    }
                    array_splice($slot->nodes, $at, 1, $part->slot->nodes);
                    return fn () => $slot->nodes = $nodes;
                };
            }
        }
        if ($node->simple !== null) {
            yield function () use ($node): ?callable {
                if ($node->reduced || $node->simple === $node->render()) {
                    return null;
                }
                $node->reduced = true;
                return fn () => $node->reduced = false;
            };
        }
        foreach ($node->parts as $part) {
            if ($part instanceof Slot) {
                yield from $this->of($part);
            } elseif ($part instanceof Block) {
                yield from $this->of($part->slot);
            } elseif ($part instanceof Node) {
                yield from $this->within($part, null);
            }
        }
    }
}
