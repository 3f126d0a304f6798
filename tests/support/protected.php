<?php

declare(strict_types=1);

/* The engine's protected sections, as HANDLE_BLOCK_INTERRUPTIONS() makes them: no signal is handled before their end. */

function engine(): FFI
{
    static $engine;
    return $engine ??= FFI::cdef('
        struct signals { int depth, blocked, running, active; } zend_signal_globals;
        void zend_signal_handler_unblock(void);
    ');
}

/** Whether this PHP can be asked: a thread-safe one keeps them elsewhere, and one can be built without. */
function has_protected_sections(): bool
{
    return !PHP_ZTS && str_contains((string) shell_exec(getenv('TEST_PHP_EXECUTABLE') . ' -n -i'), 'Zend Signal Handling => enabled');
}

function enter_section(): void
{
    engine()->zend_signal_globals->depth++;
}

function leave_section(): void
{
    $signals = engine()->zend_signal_globals;
    if ($signals->depth-- === $signals->blocked) {
        engine()->zend_signal_handler_unblock();
    }
}
