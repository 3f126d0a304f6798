<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\RefusedException;

/**
 * The classes whose objects may come out of a message.
 *
 * @internal
 */
final class Classes
{
    private const TOKENS = '/\G(?:N;|b:[01];|i:-?\d+;|d:[-+.\dEINFAe]+;|[rR]:\d+;|a:\d+:\{|\}|s:(?<bytes>\d+):"|(?<kind>[OE]):\d+:"(?<name>[^"]*)"(?::\d+:\{|;))/A';

    /** @var array<string, string> by their lower-case names */
    private array $names = [];

    private bool $areAll = false;

    /**
     * @param list<class-string> $names
     */
    public function __construct(array $names)
    {
        foreach ($names as $name) {
            $this->names[strtolower(ltrim($name, '\\'))] = ltrim($name, '\\');
        }
    }

    /**
     * All: for what a child of this process has written.
     */
    public static function any(): self
    {
        $all = new self([]);
        $all->areAll = true;
        return $all;
    }

    public function has(string $name): bool
    {
        return $this->areAll || isset($this->names[strtolower($name)]);
    }

    /**
     * As unserialize(), which makes a husk of an object whose class is not allowed; here that is a refusal, before anything is made.
     *
     * @throws RefusedException
     */
    public function unserialize(string $bytes): mixed
    {
        if (!$this->areAll) {
            $this->check($bytes);
        }
        $value = @unserialize($bytes, ['allowed_classes' => $this->areAll ?: array_values($this->names)]);
        if ($value === false && $bytes !== 'b:0;') {
            throw new RefusedException('what came cannot be unserialized');
        }
        return $value;
    }

    /**
     * Goes along what serialize() has written, and looks at the names of classes and enums alone. What an object wrote in a format of its
     * own (`C:`) is not let in: nobody can say what is in it.
     */
    private function check(string $bytes): void
    {
        $end = strlen($bytes);
        for ($at = 0; $at < $end;) {
            if (preg_match(self::TOKENS, $bytes, $token, PREG_UNMATCHED_AS_NULL, $at) !== 1) {
                throw new RefusedException('what came was not written by serialize(), or has an object in a format of its own');
            }
            $at += strlen($token[0]);
            if ($token['bytes'] !== null) {
                $at += (int) $token['bytes'] + 2;
            } elseif ($token['kind'] !== null) {
                $name = $token['kind'] === 'E' ? (string) strstr($token['name'], ':', true) : $token['name'];
                if (!$this->has($name)) {
                    $shown = substr((string) preg_replace('/[^\w\\\\]/', '?', $name), 0, 100);
                    throw new RefusedException("what came has an object of the class $shown, which is not allowed");
                }
            }
        }
    }
}
