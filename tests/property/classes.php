<?php

// Classes of every kind that PHP's serializer treats in its own way.

declare(strict_types=1);

namespace Property;

enum Suit: string
{
    case Hearts = 'H';
    case Spades = 'S';
}

enum Level
{
    case Low;
    case High;
}

class Base
{
    private mixed $hidden = 'base';
    protected ?self $next = null;
    public int $number = 7;
    public mixed $any = null;

    public function fill(mixed $hidden, ?self $next, mixed $any): static
    {
        [$this->hidden, $this->next, $this->any] = [$hidden, $next, $any];
        return $this;
    }
}

class Derived extends Base
{
    private mixed $hidden = 'derived';
    public ?float $float = null;
    public string|int $either = 'x';
    public array $list = [1, 2];
    public int $unset;
}

final class Fixed
{
    public function __construct(
        public readonly int $id,
        public readonly ?array $data = null,
        public readonly ?Suit $suit = null,
    ) {
    }
}

#[\AllowDynamicProperties]
class Dynamic
{
    public mixed $declared = 1;
}

class Magic
{
    public function __construct(private mixed $inner = null)
    {
    }

    public function __serialize(): array
    {
        return ['i' => $this->inner, 5 => 'five'];
    }

    public function __unserialize(array $data): void
    {
        $this->inner = $data['i'];
    }
}

class Sleeper
{
    public mixed $kept = null;
    protected int $alsoKept = 3;
    public mixed $dropped = null;

    public function __construct(mixed $kept = null)
    {
        [$this->kept, $this->dropped] = [$kept, 'awake'];
    }

    public function __sleep(): array
    {
        return ['kept', 'alsoKept'];
    }

    public function __wakeup(): void
    {
        $this->dropped = 'woken';
    }
}

class Waker extends Base
{
    public function __wakeup(): void
    {
        $this->number++;
    }
}

class OldStyle implements \Serializable
{
    public mixed $data = null;

    public function serialize(): string
    {
        return serialize([$this->data]);
    }

    public function unserialize(string $data): void
    {
        [$this->data] = unserialize($data);
    }

    public function __serialize(): array
    {
        return [$this->data];
    }

    public function __unserialize(array $data): void
    {
        [$this->data] = $data;
    }
}
