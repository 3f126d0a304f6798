<?php

declare(strict_types=1);

namespace Async\Bridge\Remote;

use Async\Bridge\{RefusedException, TooLargeException};

/**
 * What is in a message: a line with a signature, a line of JSON, and what serialize() has written.
 *
 * The signature is over what the message is for and all that follows, so that a task of another queue with the same key, or a result
 * sent as a task, is not taken.
 *
 * @internal
 */
final class Codec
{
    private const MAGIC = 'async-remote-1';
    private const SHORTEST_KEY = 16;

    /** @var list<string> the first one signs, each of them is taken */
    private array $keys = [];

    public int $limit = 8 << 20;

    public function __construct(private readonly string $queue)
    {
    }

    public function setKeys(#[\SensitiveParameter] string ...$keys): void
    {
        foreach ($keys as $key) {
            if (strlen($key) < self::SHORTEST_KEY) {
                throw new \ValueError('A key must have at least ' . self::SHORTEST_KEY . ' bytes, ' . strlen($key) . ' given');
            }
        }
        $this->keys = array_values($keys);
    }

    public function __debugInfo(): array
    {
        return ['queue' => $this->queue, 'isSigned' => $this->keys !== [], 'limit' => $this->limit];
    }

    /**
     * @param array<string, mixed> $head
     *
     * @throws TooLargeException
     */
    public function encode(string $kind, array $head, string $bytes, string $what): string
    {
        $text = json_encode($head, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_SLASHES) . "\n$bytes";
        $signature = $this->keys === [] ? 'unsigned' : $this->sign($kind, $text, $this->keys[0]);
        $body = self::MAGIC . " $signature\n$text";
        return strlen($body) <= $this->limit ? $body : throw TooLargeException::of($what, strlen($body), $this->limit);
    }

    /**
     * @return array{array<string, mixed>, string} the head, and what serialize() has written
     *
     * @throws RefusedException
     */
    public function decode(string $kind, string $body): array
    {
        $lines = explode("\n", $body, 3);
        if (count($lines) !== 3 || preg_match('/^' . self::MAGIC . ' (unsigned|[0-9a-f]{64})$/D', $lines[0], $match) !== 1) {
            throw new RefusedException('it is foreign: no RemotePool has sent it');
        }
        $this->verify($kind, $match[1], "$lines[1]\n$lines[2]");
        $head = json_decode($lines[1], true, 8);
        if (!is_array($head) || !is_string($head['id'] ?? null)) {
            throw new RefusedException('it is damaged');
        }
        return [$head, $lines[2]];
    }

    /**
     * Which task a result is of, if it is one that is taken.
     */
    public function idOf(string $result): ?string
    {
        try {
            return $this->decode('result', $result)[0]['id'];
        } catch (RefusedException) {
            return null;
        }
    }

    private function verify(string $kind, string $signature, string $text): void
    {
        if ($this->keys === []) {
            if ($signature !== 'unsigned') {
                throw new RefusedException('it is signed, and there is no key here to check that with');
            }
            return;
        }
        if ($signature === 'unsigned') {
            throw new RefusedException('it is not signed');
        }
        foreach ($this->keys as $key) {
            if (hash_equals($this->sign($kind, $text, $key), $signature)) {
                return;
            }
        }
        throw new RefusedException('its signature is not that of a key of this side');
    }

    private function sign(string $kind, string $text, #[\SensitiveParameter] string $key): string
    {
        return hash_hmac('sha256', self::MAGIC . "\0$kind\0$this->queue\0$text", $key);
    }
}
