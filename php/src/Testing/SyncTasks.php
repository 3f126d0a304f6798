<?php

declare(strict_types=1);

namespace Async\Testing;

use PHPUnit\Framework\Attributes\After;
use PHPUnit\Framework\Attributes\Before;

/**
 * For test cases of PHPUnit: tasks run in the process of the test, one after the other (`async.mode=sync`). Mocks are called
 * there, coverage counts what tasks run, and a step debugger stops in them.
 *
 * A test that needs processes calls {@see runTasksInProcesses()} first. What was set before the test is set again after it.
 */
trait SyncTasks
{
    private ?string $asyncModeBefore = null;

    /**
     * @before
     */
    #[Before]
    protected function runTasksInThisProcess(): void
    {
        $this->setAsyncMode('sync');
    }

    /**
     * From now on tasks of this test run in children, as they do outside of tests.
     */
    protected function runTasksInProcesses(): void
    {
        $this->setAsyncMode('process');
    }

    /**
     * @after
     */
    #[After]
    protected function runTasksAsBefore(): void
    {
        if ($this->asyncModeBefore !== null) {
            ini_set('async.mode', $this->asyncModeBefore);
            $this->asyncModeBefore = null;
        }
    }

    private function setAsyncMode(string $mode): void
    {
        $before = ini_set('async.mode', $mode);
        if ($before === false) {
            throw new \LogicException("async.mode cannot be set to $mode: is the extension async loaded, and does nothing forbid ini_set()?");
        }
        $this->asyncModeBefore ??= $before;
    }
}
