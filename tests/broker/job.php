<?php

// What the workers do here: they write down what they do, each line at once, and end in the ways that the body asks for.

return function (string $body): void {
    $folder = getenv('BROKER_LEDGER');
    $note = fn (string $what) => file_put_contents("$folder/ledger", "$what $body " . identity(getmypid()) . "\n", FILE_APPEND);
    $note('begun');
    [$what] = explode(' ', $body);
    if ($what === 'poison') {
        posix_kill(getmypid(), SIGKILL);
    }
    if ($what === 'refused') {
        throw new DomainException('no such order');
    }
    $waits = $what === 'gate' || str_ends_with($body, ' late');
    for ($deadline = hrtime(true) + 60_000_000_000; $waits && !file_exists("$folder/open"); usleep(2000)) {
        hrtime(true) < $deadline || exit(1);
    }
    if ($what === 'leak') {
        $GLOBALS['leaked'][] = str_repeat('x', (1 << 20) - 8192); // with what the allocator adds
        file_put_contents("$folder/memory", memory_get_usage(true) . "\n", FILE_APPEND);
    }
    if ($what === 'files') {
        file_put_contents("$folder/files", implode("\n", get_included_files()));
    }
    usleep($what === 'long' ? (int) getenv('BROKER_LONG') * 1_000_000 : 500); // work
    $note('done');
    // Between the work and the acknowledgement, the first time that somebody is here.
    if ($what === 'crash' && @mkdir("$folder/" . strtr($body, ' ', '-'))) {
        posix_kill(getmypid(), SIGKILL);
    }
};
