<?php

declare(strict_types=1);

use Async\Bridge\Internal\Waiters;

// Loaded with the application, so that the first task already knows.
if (extension_loaded('async')) {
    Async\onFork(child: static fn() => Waiters::enterTask());
}
