<?php

// A task that both sides know: its object is sent, its code is not.

declare(strict_types=1);

final class CountWords implements Async\Task
{
    public function __construct(private readonly string $text)
    {
    }

    public function run(): int
    {
        return str_word_count($this->text);
    }
}
