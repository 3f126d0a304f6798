<?php

// Random values, the same for the same seed in every process.

declare(strict_types=1);

namespace Property;

/** A generator of its own: the extension gives each child new seeds for PHP's. */
final class Dice
{
    private int $state;

    public function __construct(int $seed)
    {
        $this->state = ($seed ^ 0x2545F4914F6CDD1D) ?: 1;
    }

    public function below(int $limit): int
    {
        $x = $this->state;
        $x ^= $x << 13;
        $x ^= ($x >> 7) & 0x01FFFFFFFFFFFFFF;
        $x ^= $x << 17;
        $this->state = $x;
        return ($x & PHP_INT_MAX) % $limit;
    }

    /**
     * @template T
     * @param non-empty-list<T> $of
     * @return T
     */
    public function pick(array $of): mixed
    {
        return $of[$this->below(count($of))];
    }
}

final class Generator
{
    /** What a batch is made of. One kind in a batch: an object of another kind would change how the others travel. */
    public const PROFILES = ['scalars', 'arrays', 'records', 'plain', 'bags', 'enums', 'hooks', 'internal', 'references', 'all'];

    private readonly Dice $dice;
    /** @var list<object> */
    private array $objects = [];

    public function __construct(int $seed, private readonly string $profile)
    {
        $this->dice = new Dice($seed);
    }

    public function value(int $depth = 4): mixed
    {
        $dice = $this->dice;
        if ($depth <= 0 || $dice->below(4) === 0) {
            return $this->scalar();
        }
        return match ($this->profile) {
            'scalars' => $this->scalar(),
            'arrays' => $this->array($depth),
            'records' => $dice->below(2) ? $this->records($depth) : $this->array($depth),
            'plain' => $dice->below(2) ? $this->plain($depth) : $this->array($depth),
            'bags' => $dice->below(2) ? $this->bag($depth) : $this->array($depth),
            'enums' => $dice->below(2) ? $dice->pick([Suit::Hearts, Suit::Spades, Level::Low, Level::High]) : $this->array($depth),
            'hooks' => $dice->below(2) ? $this->hooked($depth) : $this->array($depth),
            'internal' => $dice->below(2) ? $this->internal($depth) : $this->array($depth),
            'references' => $dice->below(2) ? $this->linked($depth) : $this->array($depth),
            default => match ($dice->below(8)) {
                0 => $this->plain($depth),
                1 => $this->bag($depth),
                2 => $dice->pick([Suit::Hearts, Level::High]),
                3 => $this->hooked($depth),
                4 => $this->internal($depth),
                5 => $this->linked($depth),
                6 => $this->records($depth),
                default => $this->array($depth),
            },
        };
    }

    private function scalar(): mixed
    {
        $dice = $this->dice;
        return match ($dice->below(6)) {
            0 => $dice->pick([null, true, false]),
            1 => $dice->pick([0, 1, -1, 31, 32, 127, 128, -32, -33, -128, -129, 255, 256, 32767, -32769, 65535, 65536, 2 ** 31 - 1, 2 ** 31, -2 ** 31 - 1, 2 ** 32, PHP_INT_MAX, PHP_INT_MIN]),
            2 => $dice->below(PHP_INT_MAX) - $dice->below(PHP_INT_MAX),
            3 => $dice->pick([0.0, -0.0, 1.5, 0.1, 1 / 3, -1e308, 5e-324, PHP_FLOAT_EPSILON, INF, -INF, NAN, (float) $dice->below(PHP_INT_MAX), 1e15 + 0.3]),
            default => $this->string(),
        };
    }

    private function string(): string
    {
        $dice = $this->dice;
        return match ($dice->below(6)) {
            0 => $dice->pick(['', '0', 'a', "\0", "\xff", 'N;', 'i:5;', 'O:8:"stdClass":0:{}', "\x93\x01\xc0", 'é€', '-1', '007', '1.5']),
            1 => str_repeat(chr($dice->below(256)), $dice->pick([31, 32, 255, 256, 4096, 32767, 32768, 70000])),
            default => $this->bytes($dice->below(24)),
        };
    }

    private function bytes(int $length): string
    {
        $bytes = '';
        while (strlen($bytes) < $length) {
            $bytes .= chr($this->dice->below(256));
        }
        return $bytes;
    }

    private function key(): int|string
    {
        $dice = $this->dice;
        return $dice->pick([$dice->below(10), -$dice->below(10), $this->bytes($dice->below(6)), (string) $dice->below(20), '-' . $dice->below(20), '0' . $dice->below(9), '', "\0k", PHP_INT_MIN, '9223372036854775808', 'key' . $dice->below(5)]);
    }

    private function array(int $depth): array
    {
        $dice = $this->dice;
        $length = $dice->pick([0, 1, 2, 3, 5, 9, 20]);
        $array = [];
        switch ($dice->below(6)) {
            case 0:
                for ($i = 0; $i < $length; $i++) {
                    $array[] = $dice->below(1 << $dice->pick([6, 8, 16, 31, 62])) - $dice->pick([0, 40, 1 << 20]);
                }
                return $array;
            case 1:
                for ($i = 0; $i < $length; $i++) {
                    $array[] = $dice->below(1000) / 7;
                }
                return $array;
            case 2:
                for ($i = 0; $i < $length; $i++) {
                    $array[$this->key()] = $this->value($depth - 1);
                }
                return $array;
            case 3:
                for ($i = 0; $i < $length; $i++) {
                    $array[] = $this->value($depth - 1);
                }
                for ($i = $dice->below(3); $i > 0 && $array !== []; $i--) {
                    unset($array[$dice->below(count($array))]);
                }
                return $array;
            case 4:
                $shared = $this->value($depth - 1);
                return array_fill(0, 1 + $length % 4, [$shared, 'same']);
            default:
                for ($i = 0; $i < $length; $i++) {
                    $array[] = $this->value($depth - 1);
                }
                return $array;
        }
    }

    private function records(int $depth): array
    {
        $dice = $this->dice;
        $keys = [];
        for ($i = 1 + $dice->below(6); $i > 0; $i--) {
            $keys[] = $dice->pick(['id', 'name', 'email', 'k' . $dice->below(9), $this->bytes(3), '12', '']);
        }
        $rows = [];
        for ($i = $dice->below(12); $i > 0; $i--) {
            $row = [];
            foreach ($keys as $key) {
                $row[$key] = $dice->below(9) ? $this->scalar() : $this->value($depth - 1);
            }
            $rows[] = $row;
        }
        return $rows;
    }

    /**
     * One of the objects so far, now and then: identity.
     *
     * @template T of object
     * @param T $object
     * @return T
     */
    private function keep(object $object): object
    {
        $same = array_values(array_filter($this->objects, fn (object $other): bool => $other::class === $object::class));
        if ($same !== [] && $this->dice->below(4) === 0) {
            return $this->dice->pick($same);
        }
        return $this->objects[] = $object;
    }

    private function plain(int $depth): object
    {
        $dice = $this->dice;
        if ($dice->below(3) === 0) {
            return $this->keep(new Fixed($dice->below(100), $this->array($depth - 1), $dice->below(2) ? Suit::Spades : null));
        }
        $object = $this->keep($dice->below(2) ? new Base() : new Derived());
        $next = $depth > 1 && $dice->below(2) ? $this->plain($depth - 1) : null;
        $object->fill($this->scalar(), $next instanceof Base ? $next : null, $this->value($depth - 1));
        if ($object instanceof Derived) {
            $object->float = $dice->pick([null, -0.0, 1.25]);
            $object->either = $dice->pick(['s', 4]);
            if ($dice->below(3) === 0) {
                $object->unset = 1;
            } elseif ($dice->below(3) === 0) {
                unset($object->list);
            }
        }
        return $object;
    }

    private function bag(int $depth): object
    {
        $dice = $this->dice;
        $object = $this->keep($dice->below(4) ? new \stdClass() : new Dynamic());
        $names = $dice->below(3) ? ['id', 'name', 'value'] : ['a' . $dice->below(3), (string) $dice->below(5), '-' . $dice->below(5), 'é', "a\0b"];
        foreach ($names as $name) {
            $object->{$name} = $dice->below(6) ? $this->scalar() : $this->value($depth - 1);
        }
        if ($dice->below(5) === 0) {
            $object->self = $object;
        }
        return $object;
    }

    private function hooked(int $depth): object
    {
        $dice = $this->dice;
        $inner = $this->value($depth - 1);
        $old = new OldStyle();
        $old->data = $inner;
        return $this->keep(match ($dice->below(4)) {
            0 => new Magic($inner),
            1 => new Sleeper($inner),
            2 => (new Waker())->fill($inner, null, 1),
            default => $old,
        });
    }

    private function internal(int $depth): object
    {
        $dice = $this->dice;
        $makers = [
            fn (): object => new \DateTime('@' . $dice->below(2_000_000_000)),
            fn (): object => new \DateTimeImmutable('2020-02-0' . (1 + $dice->below(9)) . ' 04:05:06.789', new \DateTimeZone($dice->pick(['Europe/Paris', '+03:00', 'UTC']))),
            fn (): object => new \DateInterval('P' . $dice->below(30) . 'DT' . $dice->below(24) . 'H'),
            fn (): object => new \ArrayObject($this->array($depth - 1)),
            fn (): object => new \ArrayIterator($this->array($depth - 1)),
            function () use ($depth): object {
                $storage = new \SplObjectStorage();
                $storage[$this->keep(new \stdClass())] = $this->value($depth - 1);
                return $storage;
            },
            function () use ($depth): object {
                $queue = new \SplQueue();
                $queue[] = $this->value($depth - 1);
                return $queue;
            },
            fn (): object => \SplFixedArray::fromArray([$this->scalar(), $this->scalar()]),
        ];
        if (class_exists(\GMP::class)) {
            $makers[] = fn (): object => gmp_init('123456789012345678901234567890') * $dice->below(1000);
        }
        if (class_exists('BcMath\Number')) {
            $makers[] = fn (): object => new ('BcMath\Number')($dice->below(1000) . '.' . $dice->below(1000));
        }
        return $this->keep($dice->pick($makers)());
    }

    /** References, inside arrays and to themselves. */
    private function linked(int $depth): array|object
    {
        $dice = $this->dice;
        $value = $this->value($depth - 1);
        switch ($dice->below(5)) {
            case 0:
                return [&$value, &$value, $value];
            case 1:
                $array = [1, $value];
                $array['self'] = &$array;
                return ['cycle' => $array];
            case 2:
                $object = new \stdClass();
                $object->a = &$value;
                $object->b = &$object->a;
                return $object;
            case 3:
                $inner = [&$value];
                unset($value);
                return [$inner, $inner];
            default:
                $base = (new Base())->fill(null, null, null);
                $base->any = [&$base->any, &$base->number];
                return $base;
        }
    }
}
