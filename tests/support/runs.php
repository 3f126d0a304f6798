<?php

declare(strict_types=1);

/** Counts what is run, in whatever process. */
final class Runs
{
    private string $file;

    private int $owner;

    public function __construct()
    {
        $this->file = (string) tempnam(sys_get_temp_dir(), 'runs');
        $this->owner = getmypid();
    }

    public function add(string|int $name): void
    {
        file_put_contents($this->file, "$name\n", FILE_APPEND | LOCK_EX);
    }

    /** One more run of this name. Gives how many there have been. */
    public function count(string|int $name): int
    {
        $this->add($name);
        return $this->of($name);
    }

    /** How many runs of this name there have been. */
    public function of(string|int $name): int
    {
        return count(array_keys($this->all(), (string) $name, true));
    }

    /**
     * All of them, in order.
     *
     * @return list<string>
     */
    public function all(): array
    {
        return file($this->file, FILE_IGNORE_NEW_LINES);
    }

    public function __destruct()
    {
        if (getmypid() === $this->owner) {
            unlink($this->file);
        }
    }
}
