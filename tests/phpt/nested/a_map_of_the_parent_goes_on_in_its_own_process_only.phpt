--TEST--
The results of a map are its own process's: an iterator that a child has inherited throws, and the child comes to its end
--EXTENSIONS--
pcntl
--FILE--
<?php
const FORKED_BY_THE_TEST = true;

use Async\{AsyncError, Pool};
use function Async\{async, await};

require __DIR__ . '/../../support/sync.php';

$notes = new Notes();
foreach (['small' => 1, 'large' => 80_000] as $name => $bytes) {
    foreach (['a child of its own', 'a warm worker', 'a fork'] as $where) {
        // More than the workers may have ahead: there always is something to post, and to fork workers for.
        $results = Pool::create()->concurrency(2)->map(range(1, 40), fn(int $n) => str_repeat('x', $bytes));
        $results->current();
        $go_on = function () use ($results, $notes) {
            try {
                $results->next();
                $notes->write('a result');
            } catch (AsyncError $e) {
                $notes->write($e->getMessage());
            }
        };
        if ($where !== 'a fork') {
            await(Pool::create()->tasksPerChild($where === 'a warm worker' ? 0 : 1)->add($go_on));
        } elseif (($pid = pcntl_fork()) === 0) {
            $go_on();
            exit;
        } else {
            try {
                ended($pid);
            } catch (LogicException) {
                posix_kill($pid, SIGKILL);
                echo 'hangs, ';
            }
            pcntl_waitpid($pid, $status);
        }
        echo "$name results, $where: ", $notes->next(), "\n";
        $count = 1; // one is taken
        for ($results->next(); $results->valid(); $results->next()) {
            $count++;
        }
        echo $count, "\n";
    }
}
?>
--EXPECT--
small results, a child of its own: this map belongs to another process: only the one that has begun it gets its results
40
small results, a warm worker: this map belongs to another process: only the one that has begun it gets its results
40
small results, a fork: this map belongs to another process: only the one that has begun it gets its results
40
large results, a child of its own: this map belongs to another process: only the one that has begun it gets its results
40
large results, a warm worker: this map belongs to another process: only the one that has begun it gets its results
40
large results, a fork: this map belongs to another process: only the one that has begun it gets its results
40
