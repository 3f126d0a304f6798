<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\RemoteException;

/**
 * Throwables as arrays of plain values, and back: class, message, code, file, line, trace without arguments, the previous ones, and
 * own properties.
 *
 * @internal
 */
final class Throwables
{
    private const MOST = 16;

    /**
     * @return array<string, mixed>
     */
    public static function toArray(\Throwable $throwable, int $depth = 1): array
    {
        $own = [];
        for ($class = new \ReflectionObject($throwable); $class && !in_array($class->name, [\Exception::class, \Error::class], true); $class = $class->getParentClass()) {
            foreach ($class->getProperties() as $property) {
                if (!$property->isStatic() && $property->getDeclaringClass()->name === $class->name && !self::isBase($property->name) && $property->isInitialized($throwable)) {
                    try {
                        $own[] = [$class->name, $property->name, serialize($property->getValue($throwable))];
                    } catch (\Throwable) {
                        // A connection, a closure: left out, as between processes.
                    }
                }
            }
        }
        $previous = $throwable->getPrevious();
        return [
            'class' => $throwable::class,
            'message' => $throwable->getMessage(),
            'code' => is_scalar($throwable->getCode()) ? $throwable->getCode() : 0,
            'file' => $throwable->getFile(),
            'line' => $throwable->getLine(),
            'trace' => array_map(static fn(array $frame) => array_diff_key($frame, ['args' => 1, 'object' => 1]), $throwable->getTrace()),
            'own' => $own,
            'previous' => $previous !== null && $depth < self::MOST ? self::toArray($previous, $depth + 1) : null,
        ];
    }

    /**
     * One whose class is not allowed, or not known here, is a {@see RemoteException}. PHP's own and those of extensions are let in.
     *
     * @param array<string, mixed> $array
     */
    public static function fromArray(array $array, Classes $classes, int $depth = 1): \Throwable
    {
        $name = (string) ($array['class'] ?? '');
        $isKnown = $classes->has($name) || str_starts_with(strtolower($name), 'async\\bridge\\') || self::isInternal($name);
        $isRemote = !$isKnown || !is_a($name, \Throwable::class, true) || (new \ReflectionClass($name))->isAbstract();
        $class = new \ReflectionClass($isRemote ? RemoteException::class : $name);
        $throwable = $class->newInstanceWithoutConstructor();
        $base = $throwable instanceof \Error ? \Error::class : \Exception::class;
        foreach (['message' => 'string', 'file' => 'string', 'line' => 'integer', 'trace' => 'array'] as $property => $type) {
            if (gettype($array[$property] ?? null) === $type) {
                self::set($throwable, $base, $property, $array[$property]);
            }
        }
        if (is_scalar($array['code'] ?? null)) {
            self::set($throwable, $base, 'code', $array['code']);
        }
        if (is_array($array['previous'] ?? null) && $depth <= self::MOST) {
            self::set($throwable, $base, 'previous', self::fromArray($array['previous'], $classes, $depth + 1));
        }
        $own = [];
        foreach (is_array($array['own'] ?? null) ? $array['own'] : [] as [$declared, $property, $bytes]) {
            try {
                $value = $classes->unserialize($bytes);
                $own[$property] = $value;
                if (!$isRemote && is_a($throwable, $declared)) {
                    self::set($throwable, $declared, $property, $value);
                }
            } catch (\Throwable) {
                // Not allowed here, or of another version of the class: left out.
            }
        }
        if ($isRemote) {
            self::set($throwable, RemoteException::class, 'class', $name);
            self::set($throwable, RemoteException::class, 'properties', $own);
        }
        return $throwable;
    }

    private static function isInternal(string $name): bool
    {
        return class_exists($name, false) && (new \ReflectionClass($name))->isInternal();
    }

    private static function isBase(string $property): bool
    {
        return property_exists(\Exception::class, $property) || in_array($property, ['trace', 'previous', 'string'], true);
    }

    private static function set(\Throwable $throwable, string $class, string $property, mixed $value): void
    {
        $reflection = new \ReflectionProperty($class, $property);
        $reflection->setAccessible(true);
        $reflection->setValue($throwable, $value);
    }
}
