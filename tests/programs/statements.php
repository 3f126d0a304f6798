<?php

// What a random program does, one statement after the other.

declare(strict_types=1);

namespace Programs;

trait Statements
{
    private const STATEMENTS = [
        'newPool' => 4, 'add' => 14, 'lazy' => 6, 'addLazy' => 3, 'chained' => 4, 'setPool' => 2, 'startFuture' => 1, 'cancelFuture' => 2,
        'awaitFuture' => 5, 'awaitMany' => 3, 'awaitPool' => 5, 'waitWith' => 2, 'tick' => 3, 'ends' => 3, 'each' => 4, 'eachEarly' => 2, 'kept' => 2,
        'walk' => 3, 'forget' => 3, 'drop' => 4, 'ask' => 2, 'mapAll' => 2, 'mapEach' => 3, 'mapKept' => 2, 'collect' => 2,
        'fiber' => 3, 'resume' => 3, 'generator' => 1, 'advance' => 1, 'cycle' => 2, 'last' => 2, 'wake' => 5, 'sleeps' => 3, 'spins' => 2,
        'tries' => 5, 'throws' => 2, 'exits' => 1, 'atShutdown' => 1, 'errorHandler' => 1, 'outputCallback' => 1, 'autoloader' => 1, 'signal' => 1,
        'share' => 5, 'useShared' => 10, 'talks' => 5, 'hears' => 1, 'steer' => 3, 'forkHook' => 1, 'warms' => 2, 'forks' => 1, 'iniSet' => 1, 'runs' => 1, 'lists' => 1,
    ];

    private function statement(): Node
    {
        $this->budget--;
        for ($n = 0; $n < 20; $n++) {
            $kind = $this->weighed(self::STATEMENTS);
            $node = $this->$kind();
            if ($node !== null) {
                return $node;
            }
        }
        return $this->newPool();
    }

    /** What may throw does so where it is caught, more often than not. */
    private function safely(string|Node|Slot ...$parts): Node
    {
        $node = $this->node(...$parts);
        if ($this->one(8)) {
            return $node;
        }
        return $this->node('try ', new Block(new Slot([$node])), ' catch (Throwable $e) { caught($e); }');
    }

    /** Deep inside nothing begins that has insides of its own. */
    private function deep(): bool
    {
        return $this->depth >= 4 || $this->budget <= 0;
    }

    private function newPool(): Node
    {
        $settings = $this->settings();
        return $this->node($this->fresh('p') . ' = Pool::create()', $settings, ';');
    }

    private function add(): ?Node
    {
        $pool = $this->some('p');
        if ($pool === null) {
            return null;
        }
        $number = ++$this->numbers;
        $task = $this->task($number);
        $chain = $this->chain($number);
        $key = $this->one(4) ? ", '" . $this->pick(['a', 'b', 'c', '7']) . "'" : '';
        return match ($this->weighed(['watched' => 6, 'plain' => 2, 'offset' => 2, 'unkept' => 2, 'async' => 2])) {
            'watched' => $this->safely($this->future($number) . " = watch($number, {$pool}->add(", $task, "$key)", $chain, ');'),
            'plain' => $this->safely($this->future($number) . " = {$pool}->add(", $task, "$key)", $chain, ';'),
            'offset' => $this->safely($pool . '[' . ltrim($key, ', ') . '] = ', $task, ';'),
            'unkept' => $this->safely("watch($number, {$pool}->add(", $task, "$key)", $chain, ');'),
            'async' => $this->safely($pool . '[' . ltrim($key, ', ') . '] = ', "watch($number, async(", $task, ')', $chain, ');'),
        };
    }

    private function future(int $number): string
    {
        $this->variables['f'][] = "f$number";
        return "\$f$number";
    }

    private function lazy(): Node
    {
        $number = ++$this->numbers;
        $task = $this->task($number);
        $chain = $this->chain($number);
        return match ($this->below(4)) {
            0 => $this->safely($this->future($number) . ' = async(', $task, ')', $chain, ';'),
            1 => $this->safely("watch($number, async(", $task, ')', $chain, ');'),
            default => $this->safely($this->future($number) . " = watch($number, async(", $task, ')', $chain, ');'),
        };
    }

    private function addLazy(): ?Node
    {
        [$pool, $future] = [$this->some('p'), $this->some('f')];
        return $pool === null || $future === null ? null : $this->safely("{$pool}->add($future" . $this->pick(['', '', ', priority: 1', ', null, -1']) . ');');
    }

    private function chained(): ?Node
    {
        $future = $this->some('f');
        return $future === null || $this->deep() ? null : $this->safely($future, $this->chain(0, 2), ';');
    }

    private function setPool(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely($pool, new Slot([$this->setting()]), ';');
    }

    private function startFuture(): ?Node
    {
        $future = $this->some('f');
        return $future === null ? null : $this->safely("{$future}->start();");
    }

    private function cancelFuture(): ?Node
    {
        $future = $this->some('f');
        return $future === null ? null : $this->safely("{$future}->cancel(" . $this->pick(['', '', '0', '0.002', '0.05']) . ');');
    }

    private function share(): Node
    {
        return $this->node($this->fresh('s') . ' = new Common(' . $this->pick([1, 2, 16]) . ');');
    }

    private function useShared(): ?Node
    {
        $shared = $this->some('s');
        return $shared === null ? null : $this->safely("{$shared}->use({$this->below(13)});");
    }

    private function talks(): ?Node
    {
        $future = $this->some('f');
        return $this->safely($future === null || $this->one(2) ? "talk(fn () => Async\\channel(), {$this->below(9)});" : "talk({$future}->channel(...), {$this->below(9)});");
    }

    private function hears(): ?Node
    {
        $pool = $this->some('p');
        if ($pool === null || $this->deep()) {
            return null;
        }
        $future = $this->future(++$this->numbers);
        return $this->safely("{$pool}->onMessage(", $this->does("mixed \$message, Future $future", often: true), ');');
    }

    private function steer(): ?Node
    {
        [$pool, $future] = [$this->some('p'), $this->some('f')];
        return $pool === null || $future === null ? null : $this->safely($this->pick(["{$pool}->signal(SIGUSR1);", "{$pool}->signal(SIGWINCH);", "{$future}->progress();", 'Async\\progress(0.5, \'half\');', 'Async\\throwIfCancelled();', 'Async\\deadline();']));
    }

    private function awaitFuture(): ?Node
    {
        $future = $this->some('f');
        return $future === null ? null : $this->safely($this->pick(["await($future);", "await($future);", "{$future}();", "{$future}->await(0.002);", "await($future, 0);", "await($future, 1.5);"]));
    }

    private function awaitMany(): ?Node
    {
        [$one, $other] = [$this->some('f'), $this->some('f')];
        return $one === null ? null : $this->safely($this->pick(["await([$one, $other]);", "settle([$one, $other]);", "await([$one, $other], 0.003);", "await(['a' => [$one], 'b' => [[$other]]]);", "Async\\any([$one, $other]);", "Async\\race([$one, $other], 1.5);", "Async\\select([$one, $other], 0.003);"]));
    }

    private function awaitPool(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely($this->pick(["await($pool);", "settle($pool);", "{$pool}->wait();", "await($pool, 0.003);", "await($pool, 0);", "await([[$pool]]);", "Async\\any($pool);", "Async\\select($pool, 0);"]));
    }

    private function waitWith(): ?Node
    {
        $pool = $this->some('p');
        if ($pool === null || $this->deep()) {
            return null;
        }
        return $this->safely("{$pool}->wait(", $this->does(often: true, last: $this->pick([null, 'return true;', 'static $n = 0; return ++$n > 2;'])), ');');
    }

    private function tick(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely("{$pool}->tick();");
    }

    private function ends(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely($this->pick(["{$pool}->stop();", "{$pool}->cancel();"]));
    }

    private function each(): ?Node
    {
        $pool = $this->some('p');
        if ($pool === null || $this->deep()) {
            return null;
        }
        $future = $this->future(++$this->numbers);
        return $this->safely("foreach ($pool as \$key => $future) ", new Block(new Slot([$this->node('if (once(' . ++$this->places . ')) ', $this->block(2))])));
    }

    private function eachEarly(): ?Node
    {
        $pool = $this->some('p');
        $future = $pool === null ? null : $this->future(++$this->numbers);
        return $pool === null ? null : $this->safely("foreach ($pool as \$key => $future) { " . $this->pick(['break;', "unset({$pool}[\$key]);", "{$pool}->clearFinished();", "{$future}->cancel();"]) . ' }');
    }

    private function kept(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely($this->fresh('i') . " = {$pool}->getIterator();");
    }

    private function walk(): ?Node
    {
        $iterator = $this->some('i');
        return $iterator === null ? null : $this->safely($this->pick(["{$iterator}->current();", "{$iterator}->next();", "{$iterator}->valid();", "{$iterator}->key();", "{$iterator}->rewind();"]));
    }

    private function forget(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely($this->pick(["{$pool}->clearFinished();", "{$pool}->clearResults();", "unset({$pool}['" . $this->pick(['a', 'b', '7']) . "']);", "unset({$pool}[0]);"]));
    }

    private function drop(): ?Node
    {
        $variable = $this->some($this->pick(['p', 'f', 'f', 'i', 'b', 'g', 'o', 's']));
        return $variable === null ? null : $this->node($this->one(2) ? "$variable = null;" : "unset($variable);");
    }

    private function ask(): ?Node
    {
        [$pool, $future] = [$this->some('p'), $this->some('f')];
        $of = ["'nothing'"];
        $pool === null || array_push($of, "(string) {$pool}->status()", "count($pool)", "{$pool}->keys()", "{$pool}->getQueue()", "{$pool}->getInProgress()", "{$pool}->getFinished()", "{$pool}->getFailed()", "{$pool}->getTimeouts()", "isset({$pool}['a'])", "{$pool}->stream()", "var_export($pool, true)");
        $future === null || array_push($of, "{$future}->status()", "{$future}->output()", "{$future}->error()", "{$future}->pid()", "{$future}->attempts()", "{$future}->route()", "{$future}->key()", "print_r($future, true)");
        return $this->safely($this->pick($of) . ';');
    }

    private function mapAll(): Node
    {
        return $this->safely('Async\map(', $this->items(), ', ', $this->mapper(), ', ' . $this->pick([1, 2, 3]) . ');');
    }

    private function mapEach(): ?Node
    {
        $pool = $this->some('p');
        if ($pool === null || $this->deep()) {
            return null;
        }
        $ordered = $this->one(3) ? ', false' : '';
        $body = match ($this->below(4)) {
            0 => $this->node('break;'),
            1 => $this->node('if (once(' . ++$this->places . ')) ', $this->block(2)),
            2 => $this->node('if ($key === 2) { break; }'),
            3 => $this->node('strlen(serialize($value));'),
        };
        return $this->safely("foreach ({$pool}->map(", $this->items(), ', ', $this->mapper(), "$ordered) as \$key => \$value) ", new Block(new Slot([$body])));
    }

    private function mapKept(): ?Node
    {
        $pool = $this->some('p');
        if ($pool === null) {
            return null;
        }
        $parts = [" = {$pool}->map(", $this->items(), ', ', $this->mapper(), $this->pick([', false);', ', catch: fn (Throwable $error) => 0);', ');', ');'])];
        return $this->safely($this->fresh('i'), ...$parts);
    }

    private function collect(): Node
    {
        return $this->node('gc_collect_cycles();');
    }

    private function fiber(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        $fiber = $this->does();
        $name = $this->fresh('b');
        return $this->node("$name = new Fiber(", $fiber, '); ', $this->safely("{$name}->start();"));
    }

    private function resume(): ?Node
    {
        $fiber = $this->some('b');
        return match ($this->below(3)) {
            0 => $fiber === null ? null : $this->safely("{$fiber}->resume();"),
            1 => $fiber === null ? null : $this->safely("{$fiber}->throw(new DomainException('into a fiber'));"),
            2 => $this->inside === 0 ? null : $this->safely('Fiber::getCurrent() && Fiber::suspend();'),
        };
    }

    private function generator(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        $before = $this->block(2);
        $after = $this->ending();
        $body = new Block(new Slot([$this->node('try ', $before, ' catch (DomainException $e) { caught($e); }'), $this->node('try { yield 1; } finally ', $after), $this->node('yield 2;')]));
        return $this->safely($this->fresh('g') . ' = (', new Lambda('', $body, null, 'function () { yield 1; }'), ')();');
    }

    private function advance(): ?Node
    {
        $generator = $this->some('g');
        return $generator === null ? null : $this->safely($this->pick(["{$generator}->current();", "{$generator}->next();", "{$generator}->throw(new DomainException('into a generator'));"]));
    }

    private function cycle(): Node
    {
        $name = $this->fresh('o');
        $nodes = [$this->node("$name = new Service();"), $this->node("{$name}->more = $name;")];
        if (($pool = $this->some('p')) !== null) {
            $nodes[] = $this->node("{$name}->pool = $pool;");
            $this->one(2) && $nodes[] = $this->safely("{$pool}->onFork({$this->pick(['child', 'parent'])}: [$name, 'hook']);");
        } elseif (($future = $this->some('f')) !== null) {
            $nodes[] = $this->node("{$name}->pool = $future;");
        }
        return $this->node('if (true) ', new Block(new Slot($nodes)));
    }

    private function last(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        $does = $this->does();
        $name = $this->fresh('o');
        $holds = $this->one(3) ? " {$name}->holds = $name;" : '';
        return $this->node("$name = new Last(", $does, ");$holds");
    }

    private function wake(): ?Node
    {
        if ($this->wakings === [] || $this->deep()) {
            return null;
        }
        $number = array_pop($this->wakings);
        return $this->node("Waking::\$does[$number] = ", $this->does(), ';');
    }

    private function sleeps(): Node
    {
        return $this->node('usleep(' . $this->pick([300, 1_000, 3_000]) . ');');
    }

    private function spins(): Node
    {
        return $this->node('for ($n = 0; $n < ' . $this->pick(['1_000', '100_000']) . '; $n++) { }');
    }

    private function tries(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        return match ($this->below(3)) {
            0 => $this->node('try ', $this->block(3), ' catch (Throwable $e) { caught($e); }'),
            1 => $this->node('try ', $this->block(2), ' catch (DomainException $e) ', $this->block(2)),
            2 => $this->node('try ', $this->block(2), ' finally ', $this->ending()),
        };
    }

    /** A block that runs while an exception may be on its way: PHP 8.2 loses what a handler of a signal throws there. */
    private function ending(): Block
    {
        $this->endings++;
        $block = $this->block(2);
        $this->endings--;
        return $block;
    }

    private function throws(): ?Node
    {
        return $this->depth === 0 && !$this->one(4) ? null : $this->node("throw new DomainException('thrown');");
    }

    private function exits(): ?Node
    {
        if (!$this->one(3)) {
            return null;
        }
        return $this->node(($this->inside > 0 ? 'leave(' : 'exit(') . $this->below(3) . ');');
    }

    private function atShutdown(): ?Node
    {
        return $this->deep() ? null : $this->node('register_shutdown_function(', $this->does(), ');');
    }

    private function errorHandler(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        return match ($this->below(3)) {
            0 => $this->node("set_error_handler(function (\$level, \$text) { throw new ErrorException(\$text); });"),
            1 => $this->node('set_error_handler(', $this->does(often: true), ');'),
            2 => $this->node('set_exception_handler(', $this->does(often: true), ');'),
        };
    }

    private function outputCallback(): ?Node
    {
        return $this->deep() ? null : $this->node('ob_start(', $this->does('$text', often: true, last: 'return $text;'), '); echo "some text\n"; ' . $this->pick(['ob_end_flush();', '']));
    }

    private function autoloader(): ?Node
    {
        return $this->deep() ? null : $this->node('spl_autoload_register(', $this->does('$class', often: true), "); class_exists('NoSuch" . ++$this->numbers . "');");
    }

    private function signal(): ?Node
    {
        return $this->deep() || $this->endings > 0 ? null : $this->node('pcntl_async_signals(true); pcntl_signal(SIGUSR1, ', $this->does('$signal', often: true), '); posix_kill(getmypid(), SIGUSR1);');
    }

    private function forkHook(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        $side = $this->pick(['child', 'parent']);
        return $this->node("Async\\onFork($side: ", $this->does(often: true, child: $side === 'child'), ');');
    }

    private function warms(): ?Node
    {
        $pool = $this->some('p');
        return $pool === null ? null : $this->safely("{$pool}->warm(" . $this->pick(['', '1', '2', '3']) . ');');
    }

    /** Another process that does something of its own, and ends as scripts do. */
    private function forks(): ?Node
    {
        if ($this->deep()) {
            return null;
        }
        $variables = $this->variables;
        $block = $this->block(3);
        $this->variables = $variables; // what was made there is not here
        $body = new Block(new Slot([$this->node('try ', $block, ' catch (Throwable $e) { caught($e); } leave(0);')]));
        return $this->node('if (once(' . ++$this->places . ')) ', new Block(new Slot([$this->node('$pid = pcntl_fork();'), $this->node('if ($pid === 0) ', $body, ' pcntl_waitpid($pid, $status);')])));
    }

    private function iniSet(): Node
    {
        return $this->node($this->pick(["ini_set('async.at_exit', 'kill');", "ini_set('async.max_result', '100000');", "ini_set('async.max_output', '1000');", "ini_set('async.timeout', '0.02');", "ini_set('async.concurrency', '1');", "ini_set('async.reseed', '0');", "ini_set('async.max_result', '0');"]));
    }

    private function runs(): Node
    {
        return $this->node("exec('exit 3');");
    }

    private function lists(): ?Node
    {
        $future = $this->some('f');
        return $future === null ? null : $this->node($this->fresh('o') . " = [$future, {$this->some('f')}];");
    }
}
