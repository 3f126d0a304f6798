<?php

declare(strict_types=1);

/*
 * Symfony Messenger, of MESSENGER_ROOT or of this machine, and what the tests of its bridge need.
 */

use Psr\Container\ContainerInterface;
use Symfony\Component\Messenger\Envelope;
use Symfony\Component\Messenger\Handler\{Acknowledger, BatchHandlerInterface, BatchHandlerTrait};
use Symfony\Component\Messenger\Stamp\TransportMessageIdStamp;
use Symfony\Component\Messenger\Transport\TransportInterface;

(static function (): void {
    $root = getenv('MESSENGER_ROOT') ?: '/usr/share/php';
    spl_autoload_register(static function (string $class) use ($root): void {
        $file = "$root/" . strtr($class, '\\', '/') . '.php';
        if (preg_match('/^(Symfony|Psr)\\\\/', $class) === 1 && is_file($file)) {
            require $file;
        }
    });
    foreach (['Symfony/Contracts/Deprecation/function.php', 'Symfony/Component/String/Resources/functions.php', 'Symfony/Component/Clock/Resources/now.php'] as $file) {
        if (is_file("$root/$file")) {
            require_once "$root/$file";
        }
    }
})();

final class Order
{
    public function __construct(public readonly string $name, public readonly string $does = 'nothing')
    {
    }
}

final class InBatch
{
    public function __construct(public readonly int $number)
    {
    }
}

final class OrderFailed extends RuntimeException
{
}

/** @param array<string, object> $services */
function locator(array $services): ContainerInterface
{
    return new class ($services) implements ContainerInterface {
        public function __construct(private readonly array $services)
        {
        }

        public function get(string $id): mixed
        {
            return $this->services[$id];
        }

        public function has(string $id): bool
        {
            return isset($this->services[$id]);
        }
    };
}

if (!interface_exists(TransportInterface::class)) {
    return;
}

/** A transport: what is taken, and neither acknowledged nor rejected, is not given again. */
final class QueueInMemory implements TransportInterface
{
    public array $waiting = [];
    public array $acked = [];
    public array $rejected = [];
    public int $out = 0;
    public int $most = 0;
    public ?int $failsAfter = null;
    public bool $givesAgain = false;
    private ?Envelope $last = null;
    private bool $isTurn = false;
    private int $given = 0;

    public function __construct(array $messages)
    {
        $this->waiting = array_map(static fn(object $message) => new Envelope($message), $messages);
    }

    public function get(): iterable
    {
        if ($this->failsAfter !== null && $this->failsAfter-- === 0) {
            throw new DomainException('the connection is lost');
        }
        $this->isTurn = !$this->isTurn;
        if ($this->givesAgain && $this->isTurn && $this->last !== null && !$this->hasEnded($this->last)) {
            yield $this->last;
        } elseif ($this->waiting !== []) {
            $this->most = max($this->most, ++$this->out);
            yield $this->last = array_shift($this->waiting)->with(new TransportMessageIdStamp(++$this->given));
        }
    }

    private function hasEnded(Envelope $envelope): bool
    {
        $ids = array_map(static fn(Envelope $one) => $one->last(TransportMessageIdStamp::class)->getId(), [...$this->acked, ...$this->rejected]);
        return in_array($envelope->last(TransportMessageIdStamp::class)->getId(), $ids, true);
    }

    public function ack(Envelope $envelope): void
    {
        $this->out--;
        $this->acked[] = $envelope;
    }

    public function reject(Envelope $envelope): void
    {
        $this->out--;
        $this->rejected[] = $envelope;
    }

    public function send(Envelope $envelope): Envelope
    {
        return $this->waiting[] = $envelope;
    }
}

/** Takes four at once, and refuses the sixth. */
final class BatchHandler implements BatchHandlerInterface
{
    use BatchHandlerTrait;

    public function __construct(private readonly Closure $note)
    {
    }

    public function __invoke(InBatch $message, ?Acknowledger $ack = null): mixed
    {
        return $this->handle($message, $ack);
    }

    private function process(array $jobs): void
    {
        ($this->note)(implode('', array_map(static fn(array $job) => "{$job[0]->number},", $jobs)));
        foreach ($jobs as [$message, $ack]) {
            $message->number === 6 ? $ack->nack(new OrderFailed('not six')) : $ack->ack($message->number);
        }
    }

    private function shouldFlush(): bool
    {
        return count($this->jobs) >= $this->getBatchSize();
    }

    private function getBatchSize(): int
    {
        return 4;
    }
}
