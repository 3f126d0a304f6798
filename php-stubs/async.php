<?php

/**
 * Stubs of the PHP extension `async`: closures in forked children.
 *
 * For editors and static analysers only. Never include this file at run time: the extension declares the
 * real thing. PHPStan: `scanFiles` where the extension is not loaded, `stubFiles` where it is. Psalm: `<stubs>`.
 *
 * Units: every duration is in seconds, as a float.
 */

namespace Async;

/**
 * Runs a task in a forked child and returns the handle of it at once.
 *
 * The child has all that the parent has in memory: closures, objects, connections, loaded classes. Nothing is
 * serialized on the way there; the result, or the exception, is on the way back. The task starts at once in the
 * default pool, or waits there while all of the `async.concurrency` slots are taken, unless the statement that calls
 * this, or the next one, puts it into a {@see Pool}, whose slots it waits for. What a statement hands on, as an
 * argument, by return or by yield, may be meant for a pool too: while a Pool object is alive it waits to be added, or
 * to be awaited or started; a future that is dropped before it started is started in the default pool.
 *
 * @template T
 *
 * @param (callable(mixed...): T)|Task<T> $task what to run; a Future that it returns is awaited in the child
 * @param mixed ...$args arguments of the callable
 *
 * @return Future<T>
 *
 * @throws UnsupportedException where this PHP cannot fork and `async.unsupported` is `throw`
 */
function async(callable|Task $task, mixed ...$args): Future
{
}

/**
 * Waits for one future, or for all of many, and returns the value or the values.
 *
 * Many give an array with the keys that went in, in the order that they went in, whatever ended first. All are
 * waited for; then the first unhandled failure in that order is thrown, as the very class that the task threw.
 * What is nested, arrays, iterators and pools, is awaited too, and gives arrays with the keys of all levels. Of what an
 * iterator gives under the same key all is awaited, and the last one has the key.
 * A second await gives the same value again. When the time runs out a {@see TimeoutException} is thrown and the
 * tasks go on: only the waiting is over.
 *
 * @template T
 * @template K of array-key
 *
 * @param Future<T>|Pool<T>|iterable<K, Future<T>|Pool<T>|iterable<array-key, mixed>> $what what to wait for
 * @param float|null $timeout seconds to wait; null: as long as it takes
 *
 * @return ($what is Future ? T : array<K, T>)
 *
 * @throws \Throwable the first unhandled failure, as the very class that the task threw
 * @throws ProcessDiedException when a child ended without an outcome: `exit`, a fatal error, a signal
 * @throws TimeoutException when the task, or the waiting, ran out of time
 * @throws CancelledException when the task was cancelled
 * @throws NotSerializableException when the result cannot be sent
 * @throws CannotForkException when the system gave no process
 * @throws AsyncError in a handler of the same future, and for a future of the parent inside its child
 */
function await(Future|Pool|iterable $what, ?float $timeout = null): mixed
{
}

/**
 * Waits for the first value, and cancels all that have not ended then, as {@see Future::cancel()} does.
 *
 * What has failed before is no matter, nor is what fails later: neither is a warning. A failure that a handler has
 * handled is a value. Of several that have ended when it looks, the first in order counts. When the time runs out,
 * nothing is cancelled.
 *
 * @template T
 *
 * @param iterable<array-key, Future<T>> $futures at least one; a pool stands for all that it has
 * @param float|null $timeout seconds to wait; null: as long as it takes
 *
 * @return T
 *
 * @throws AggregateException when all have failed
 * @throws TimeoutException when the time is over
 * @throws \ValueError when there are none
 * @throws AsyncError in a handler of one of them, and for a future of the parent inside its child
 */
function any(iterable $futures, ?float $timeout = null): mixed
{
}

/**
 * Waits for the first outcome, gives or throws it, and cancels all that have not ended then, as {@see Future::cancel()}
 * does. Otherwise as {@see any()}.
 *
 * @template T
 *
 * @param iterable<array-key, Future<T>> $futures at least one; a pool stands for all that it has
 * @param float|null $timeout seconds to wait; null: as long as it takes
 *
 * @return T
 *
 * @throws \Throwable the failure, if the first outcome is one
 * @throws TimeoutException when the time is over
 * @throws \ValueError when there are none
 * @throws AsyncError in a handler of one of them, and for a future of the parent inside its child
 */
function race(iterable $futures, ?float $timeout = null): mixed
{
}

/**
 * Waits until at least one is ready: it has an outcome, and its handlers have run. Cancels and throws nothing of what
 * they did.
 *
 * @template T
 * @template K of array-key
 *
 * @param iterable<K, Future<T>> $what at least one; a pool stands for all that it has
 * @param float|null $timeout seconds to wait; 0: not at all; null: as long as it takes
 *
 * @return array<K, Future<T>> all that are ready, with their keys, in order; empty when the time is over
 *
 * @throws \ValueError when there are none
 * @throws AsyncError in a handler of one of them, and for a future of the parent inside its child
 */
function select(iterable $what, ?float $timeout = null): array
{
}

/**
 * Waits for all and throws nothing: each future has its own outcome.
 *
 * @template T
 * @template K of array-key
 *
 * @param Pool<T>|iterable<K, Future<T>> $futures what to wait for
 *
 * @return array<K, Future<T>> the futures, all ended, with the keys and in the order that they went in
 */
function settle(Pool|iterable $futures): array
{
}

/**
 * Registers hooks that run at every fork of every pool: reconnect, reopen, reset.
 *
 * Hooks add up and run in the order that they were registered in, before those of the pool.
 *
 * @param (callable(): mixed)|null $child runs in each child, before its task; what it throws is the task's failure
 * @param (callable(): mixed)|null $parent runs in the parent, after each fork
 */
function onFork(?callable $child = null, ?callable $parent = null): void
{
}

/**
 * Lists what is missing in a throwable that came from a child: what could not be sent, and is null in it, or not initialized
 * where its type forbids null. The throwables before it have lists of their own.
 *
 * @return array<string, string> types, as `get_debug_type()` names them, under paths such as `->response->body["stream"]`;
 *                               empty when nothing is missing
 */
function lost(\Throwable $throwable): array
{
}

/**
 * Returns how many CPUs this process can use: the affinity mask and the quota of the cgroup counted.
 *
 * @return positive-int
 */
function cpus(): int
{
}

/**
 * In a task: returns whether it has been asked to stop, by {@see Future::cancel()} with a grace. It makes no system call.
 *
 * Outside of tasks: false.
 */
function cancelled(): bool
{
}

/**
 * In a task that has been asked to stop: throws. A task that lets the exception through is Cancelled, and its `finally`
 * blocks have run.
 *
 * @throws CancelledException
 */
function throwIfCancelled(): void
{
}

/**
 * In a task: reports how far it is, for {@see Future::progress()} and {@see Future::progressMessage()} in the parent. The last
 * report counts. It makes no system call. Outside of tasks it does nothing.
 *
 * @param float $fraction from 0 to 1
 * @param string|null $message the first 200 bytes of it, whole characters of UTF-8
 *
 * @throws \ValueError when $fraction is not between 0 and 1
 */
function progress(float $fraction, ?string $message = null): void
{
}

/**
 * In a task: its end of the channel to its parent, of which {@see Future::channel()} is the other end. What the task sends is
 * there for the parent while the task runs: partial results, questions, logs. A task that does not call this pays nothing.
 *
 * In a task of a task it is the channel to that task. An object that the task has got here works in the processes that it
 * forks, too: they send to its parent, as if the task did.
 *
 * @return Channel<mixed>
 *
 * @throws AsyncError outside of tasks, and in a function of {@see map()} or a supervised worker, which have no future: bind a
 *     {@see Channel::create()}
 * @throws CannotForkException when 512 tasks of the same parent have a channel
 */
function channel(): Channel
{
}

/**
 * In a task, or a function of {@see map()}: returns how many seconds it has left by its time limit; null without one, outside of
 * tasks, and with `async.mode=sync`. It fits as the $timeout of {@see await()}, where null stands for no limit, too. In a warm worker
 * the time begins with the next tick of the system's scheduler, some milliseconds late at most.
 *
 * A limit that {@see Future::timeout()} changes while the task runs counts; one that {@see Pool::timeout()} changes later counts in
 * children that are forked after that.
 */
function deadline(): ?float
{
}

/**
 * Runs a task in a process that outlives this script: in a session of its own, with no terminal, and nobody's child. It
 * has what the script has in memory. What it returns is for nobody; what it throws is a line of its log.
 *
 * @param (callable(): mixed)|Task<mixed> $task
 * @param string|null $log a file that what it prints is appended to; null: that is lost
 *
 * @return int its process id
 *
 * @throws SupervisorException when the log cannot be opened
 * @throws CannotForkException when the system gave no process
 */
function detach(callable|Task $task, ?string $log = null): int
{
}

/**
 * Goes on as a daemon: in a session of its own, with no terminal, in the folder `/`. The process that has called this ends
 * with exit code 0 when the new one is set up; when it cannot be, this throws there.
 *
 * The log is opened anew at SIGUSR2, for logrotate.
 *
 * @param string|null $pidFile a file that has its process id, and that is locked as long as it runs
 * @param string|null $log a file that what it prints is appended to; null: that is lost
 * @param string|null $user a user that it becomes, giving up all other rights
 * @param int $umask its file creation mask
 *
 * @throws SupervisorException when the pid file belongs to a process that runs, a file cannot be opened, or the user is not known
 * @throws CannotForkException when the system gave no process
 * @throws AsyncError in a task, and while the script has children
 */
function daemonize(?string $pidFile = null, ?string $log = null, ?string $user = null, int $umask = 022): void
{
}

/**
 * Returns metrics of the pools, the children, and the supervisor of this process, in the text format of Prometheus.
 */
function metrics(): string
{
}

/**
 * Calls a function with each item, in warm workers that run many of them, and gives all results. See {@see Pool::map()}.
 *
 * @template K of array-key
 * @template V
 * @template R
 *
 * @param iterable<K, V> $items
 * @param callable(V): R $fn
 * @param positive-int|null $concurrency how many children; null: `async.concurrency`, else max(8, 2 x cpus())
 * @param (callable(\Throwable, V, K): R)|null $catch is called in the parent with a failure that its first parameter takes:
 *     what it returns is the value of the item
 *
 * @return array<K, R> under the keys of the items, and in their order
 *
 * @throws \ValueError when $concurrency is below 1
 * @throws \Throwable the first failure in order, after all items have ended; what $items itself threw, as a previous exception of
 *     that if there is one
 */
function map(iterable $items, callable $fn, ?int $concurrency = null, ?callable $catch = null): array
{
}

/**
 * A task as an object, for those that are more than a closure.
 *
 * @template-covariant T
 */
interface Task
{
    /**
     * Runs in the child. What it returns, or throws, is the outcome of the task.
     *
     * @return T
     */
    public function run(): mixed;
}

/**
 * Where a task is in its life. The last four are final.
 */
enum Status
{
    /** Made while there is a pool, and handed on: neither added to one nor started yet. */
    case Pending;

    /** In a pool, waiting for a free slot. */
    case Queued;

    /** In a child. */
    case Running;

    /** It returned a value. */
    case Succeeded;

    /** It threw, or its child ended without an outcome. */
    case Failed;

    /** It was ended because its time was over. */
    case TimedOut;

    /** It was cancelled before it ended by itself. */
    case Cancelled;
}

/**
 * How a task reached its child.
 */
enum Route
{
    /** The child was forked for it. */
    case Forked;

    /** The child is a warm worker, and had this task in memory since its fork. */
    case Inherited;

    /** The child is a warm worker, and had the task's code; the variables that the task is bound to were sent. */
    case Sent;
}

/**
 * Where handlers run while the script does something else. In {@see await()}, {@see Pool::tick()}, `foreach`,
 * {@see Pool::wait()} and at the script's end they always do.
 */
enum Handlers
{
    /** Between statements of the function that registered them, and of those that had called it; not in what these call. */
    case Scope;

    /** Between any two statements. */
    case Anywhere;

    /** Only in calls that wait. */
    case Await;
}

/**
 * Where what the tasks of a pool print goes: their standard output and error output, whatever writes there: `echo`,
 * `STDOUT`, `STDERR`, `php://output`, warnings, programs that the task starts.
 */
enum Output
{
    /** Where the parent's own goes, as it is printed. */
    case Inherit;

    /** To the parent, which keeps it for {@see Future::output()} and {@see Future::errorOutput()}. */
    case Capture;

    /** Nowhere. */
    case Discard;
}

/**
 * How many futures of a pool are in which state, at the moment of the call of {@see Pool::status()}. Items of
 * {@see Pool::map()} count in the first five, from when they are taken out of their source until they are given.
 */
final class PoolStatus implements \Stringable
{
    /** Waiting for a slot. */
    public readonly int $queued;

    /** In a child now. */
    public readonly int $running;

    /** The task gave a value. */
    public readonly int $finished;

    /** The task failed, or was cancelled. */
    public readonly int $failed;

    /** Ended because their time was over. */
    public readonly int $timedOut;

    /** Begun in a child that was forked for it. */
    public readonly int $forked;

    /** Begun in a warm worker that had the task since its fork. */
    public readonly int $inherited;

    /** Begun in a warm worker, to which it was sent. */
    public readonly int $sent;

    /** How often one of them was run again, or is to be; see {@see Pool::retry()}. */
    public readonly int $retries;

    /**
     * Sums it up in one line: `queue: 0 - finished: 5 - failed: 0 - timeout: 0`, and how the first 20 tasks failed that
     * did, in a line for each, in the order in which they failed; in a last line, how many of the failed were cancelled.
     */
    public function __toString(): string
    {
    }
}

/**
 * A queue of tasks, and the slots that they may run in.
 *
 * `$pool[] = $task`, `$pool['key'] = $task` and `add()` put tasks in; each starts as soon as a slot is free.
 * Futures stay in the pool, and in `count($pool)`, until `clearFinished()`. `foreach` gives them as they end.
 * A pool belongs to the process that made it: using it in one of its own children is an {@see AsyncError}.
 *
 * @template T
 *
 * @implements \ArrayAccess<int|string, Future<T>>
 * @implements \IteratorAggregate<int|string, Future<T>>
 */
final class Pool implements \ArrayAccess, \Countable, \IteratorAggregate
{
    /**
     * The same as `new Pool`.
     *
     * @return self<mixed>
     */
    public static function create(): self
    {
    }

    /**
     * Makes an empty pool with the default concurrency and no timeout.
     */
    public function __construct()
    {
    }

    /**
     * Returns whether tasks can run in children here: a single-threaded PHP on the command line, on a system with fork.
     * What `async.mode` says does not change that: with `sync` no task does, here or elsewhere.
     */
    public static function isSupported(): bool
    {
    }

    /**
     * Sets how many children may run at once. The default is `async.concurrency`, else max(8, 2 x cpus()).
     * `async.max_children` is one more limit, over all pools of this process and its descendants together.
     *
     * @param positive-int $n
     *
     * @return $this
     *
     * @throws \ValueError when $n is below 1
     */
    public function concurrency(int $n): self
    {
    }

    /**
     * Sets the time that each task of this pool may take, counted from its start, and each item of {@see map()}. A task
     * or item that runs out of it is ended, with all that it started, and fails with a {@see TimeoutException}. For an
     * item that has begun already it counts from now on.
     *
     * @param float|null $seconds null or 0: no limit, which is the default
     *
     * @return $this
     *
     * @throws \ValueError when $seconds is negative
     */
    public function timeout(?float $seconds): self
    {
    }

    /**
     * Sets how many tasks a child runs before it ends. 1, the default, is a child of its own for each task: isolated
     * from all others, and with everything that the parent has at its start. With
     * any other number children are warm workers, which run many tasks and save the fork: they have what the parent had
     * when they were forked, and what earlier tasks left in globals and static variables. Code and bound variables of a
     * task are sent to them; a task that cannot be sent is given to a worker that is forked anew.
     *
     * @param int<0, max> $n 0: no limit
     *
     * @return $this
     *
     * @throws \ValueError when $n is negative
     * @throws AsyncError when tasks are queued or running, and children begin or cease to be warm workers
     */
    public function tasksPerChild(int $n): self
    {
    }

    /**
     * Forks warm workers now, before the first task, and keeps them: they do not end when they are idle, as others do
     * after `async.idle_timeout`. They end as {@see recycle()} says, with a task that only a younger worker can run, with
     * {@see stop()} and {@see cancel()}, and with this object; a worker that replaces one of them is kept too. Hooks of
     * {@see onFork()} run in each before its first task, as always. As many are forked as there are slots at most, and as
     * `async.max_children` has room for: children that are ending are waited for, and idle workers of other pools are ended,
     * unless they are kept. Without {@see tasksPerChild()} or {@see recycle()} they run any number of tasks.
     *
     * @param positive-int|null $workers null: as many as there are slots
     *
     * @return $this
     *
     * @throws \ValueError when $workers is less than 1
     * @throws CannotForkException when there can be none at all
     * @throws UnsupportedException under a web server's PHP
     * @throws AsyncError when the pool was stopped, or tasks are queued or running in children of their own
     */
    public function warm(?int $workers = null): self
    {
    }

    /**
     * Sets how often a task of this pool that has failed is run again, in another child or, with warm workers, in
     * any that is free. What has failed is a task that threw, died or called `exit`, ran out of time, or for which
     * there was no process. Not run again is what was cancelled, and what would fail the same way once more: a result
     * that cannot be serialized ({@see NotSerializableException}) or is longer than `async.max_result`
     * ({@see ProtocolException}).
     *
     * The future stays {@see Status::Queued} between two attempts and has no slot; then it takes the next free one.
     * Handlers run once, for the last attempt; what failed before is forgotten, with its output. A time limit counts
     * anew for each attempt. {@see stop()} makes no repeat begin: what waits for one has failed as it did;
     * {@see Future::start()} does not wait any longer. Counts for tasks that fail from now on.
     *
     * @param int<0, max> $times so many times at most, after the first; 0, the default: never
     * @param float $backoff seconds before the first repeat; before each further one twice as long as before the last
     * @param float|null $maxBackoff seconds that no wait exceeds; null: no limit
     * @param float $jitter each wait is shorter by a random part of it, this one at most; 1 is full jitter, 0 none
     * @param (callable(\Throwable): bool)|null $if is asked, in the parent and where handlers may run, whether a failure is
     *     worth another attempt; what it throws is the failure of the task. null: each is
     *
     * @return $this
     *
     * @throws \ValueError when one is negative or not finite, or $jitter is not between 0 and 1
     */
    public function retry(int $times, float $backoff = 0.0, ?float $maxBackoff = null, float $jitter = 0.0, ?callable $if = null): self
    {
    }

    /**
     * Sets whether the first failure that no handler has handled cancels the rest, as {@see cancel()} does: what runs and
     * what waits, and what is added afterwards. {@see await()} of the pool then throws that failure, whatever comes before
     * it in order. A cancelled task is no failure, nor is an attempt after which there is another one.
     *
     * A `catch` that is attached to what {@see add()} returns may come too late: the task has started, and may have failed.
     * Attach it first: `$pool[] = async(...)->catch(...)`.
     *
     * @return $this
     */
    public function failFast(bool $on = true): self
    {
    }

    /**
     * Sets how many tasks may wait for a slot: while there are so many {@see add()} and `$pool[] = $task` wait, run handlers
     * and start what is next. Those that wait to be run again count. A pool that was stopped always has room.
     *
     * @param positive-int|null $tasks null, the default: any number
     *
     * @return $this
     *
     * @throws \ValueError when $tasks is below 1
     */
    public function queueLimit(?int $tasks): self
    {
    }

    /**
     * Sets how many tasks start at most in any time of $per seconds: repeats, and items of {@see map()}, are tasks. Starts are
     * spread evenly: with 10 per second one each 0.1 s. Those that come late, as the machine or the parent was busy, catch
     * up by 20 ms at most. Tasks that wait are {@see Status::Queued}.
     *
     * @param int|float $tasks may be less than 1: 0.5 is one in 2 x $per seconds
     * @param float $per in seconds
     *
     * @return $this
     *
     * @throws \ValueError when one is not greater than 0, or not finite
     */
    public function rate(int|float $tasks, float $per = 1.0): self
    {
    }

    /**
     * Sets where the handlers of this pool's futures run while the script does something else. The default is what
     * `async.handlers` says when they are to run. It counts for tasks that end from now on.
     *
     * @return $this
     */
    public function handlers(Handlers $where): self
    {
    }

    /**
     * Sets where what the tasks of this pool print goes. The default is {@see Output::Inherit}. It counts for tasks
     * that start from now on; warm workers keep the mode that held when they were forked. With {@see Output::Capture} a
     * warm worker begins its next task when its parent has read what the last one printed.
     *
     * @return $this
     */
    public function output(Output $mode): self
    {
    }

    /**
     * Makes the children warm workers, which run many tasks, and sets when each ends: after the task with which the first of
     * these limits is reached. Another is forked when there is work. Replaces {@see tasksPerChild()}.
     *
     * @param positive-int|null $tasks so many tasks; null: no limit
     * @param float|null $seconds so long, in seconds; null: no limit
     * @param positive-int|null $bytes when PHP has so many bytes from the system; null: no limit
     *
     * @return $this
     *
     * @throws \ValueError when a limit is not positive
     * @throws AsyncError when tasks are queued or running, and children begin or cease to be warm workers
     */
    public function recycle(?int $tasks = null, ?float $seconds = null, ?int $bytes = null): self
    {
    }

    /**
     * Sets `memory_limit` for the children of this pool, before their hooks run; without it they have their parent's.
     * A task whose child has more in use from the start, as a copy of its parent, fails with a
     * {@see CannotForkException}.
     *
     * @param string|int $limit bytes; as text also with K, M or G behind the number; -1: no limit
     *
     * @return $this
     *
     * @throws \ValueError when it is no such number
     */
    public function memoryLimit(string|int $limit): self
    {
    }

    /**
     * Sets the classes whose objects the results of this pool may have, as `allowed_classes` of `unserialize()` does; for
     * tasks that work on hostile input. A result with any other class is not made in this process, not even in part: its
     * task fails with a {@see ProtocolException} that names the class. `stdClass` and dates have to be named like any other
     * class; cases of enums are let in. Throwables that PHP or an extension has built in always arrive as themselves; one of a class of
     * the script that is not named arrives as a {@see RemoteException}. That holds for what a task sends through
     * its own channel, too ({@see Future::channel()}); what comes through {@see Channel::create()} or shared values is not
     * restricted.
     *
     * @param array<class-string>|bool $classes true: all, which is the default; false: none
     *
     * @return $this
     *
     * @throws \TypeError when it is no array of strings
     */
    public function allowedClasses(array|bool $classes): self
    {
    }

    /**
     * Sets what is added to the nice value of the children of this pool, before their hooks run: 19 gives way to
     * everybody. A task whose child may not have a negative one fails with a {@see CannotForkException}.
     *
     * @param int<-20, 19> $increment
     *
     * @return $this
     *
     * @throws \ValueError when it is not between -20 and 19
     */
    public function nice(int $increment): self
    {
    }

    /**
     * Passes signals that this process gets and handles to the running children of this pool, and to what they have started.
     * Without it no signal reaches a task that is not sent to it.
     *
     * The application's own handler runs first. A signal that it does not handle, or ignores, is not passed on. What it handles
     * is checked when a child is made, and when it waits for futures.
     *
     * @param int ...$signals all that are passed on from now on; none for none
     *
     * @return $this
     *
     * @throws \ValueError for what is no signal, or one that cannot be handled
     */
    public function forwardSignals(int ...$signals): self
    {
    }

    /**
     * Adds hooks that run at every fork of this pool, after those of {@see onFork()}.
     *
     * @param (callable(): mixed)|null $child runs in each child, before its task; what it throws is the task's failure
     * @param (callable(): mixed)|null $parent runs in the parent, after each fork
     *
     * @return $this
     */
    public function onFork(?callable $child = null, ?callable $parent = null): self
    {
    }

    /**
     * Calls a function with each message that a task of this pool sends by {@see \Async\channel()}, while the task runs: in
     * this process, at the same safe points as handlers of futures. The messages of one task come in their order, and all
     * of them before its own handlers run. A message that code waits for by `receive()`, of the channel of that future, goes
     * there instead. While handlers are kept from running, tasks that send more than fits wait.
     *
     * What the function throws is the failure of that task's future when the task has ended, as with other handlers; a
     * failure of the task's own comes before it, and so does the first of several: the others are thrown by the next
     * {@see await()}. A second call replaces the function.
     *
     * @param callable(mixed, Future<mixed>): mixed $fn
     *
     * @return $this
     */
    public function onMessage(callable $fn): self
    {
    }

    /**
     * Adds a hook that runs in each child of this pool at its end, when the outcome of its task was told, and whatever that
     * was: to flush logs and traces. Hooks run in the order in which they were added; in a warm worker once, after its last
     * task. Nobody waits for them but the end of the script: not {@see await()}, not a slot. The kernel kills the child when
     * they take longer than `async.kill_grace` together. What one throws is a warning of the child. What they print is not
     * captured. A child that is killed, as for a time limit or by {@see cancel()}, runs none, and where tasks run in this
     * process there is none to run.
     *
     * @param callable(): mixed $fn
     *
     * @return $this
     */
    public function onExit(callable $fn): self
    {
    }

    /**
     * Puts a task into the queue, or into a slot when one is free.
     *
     * @template U
     *
     * @param (callable(): U)|Task<U>|Future<U> $task a future must not be in a pool yet; one that runs holds a slot
     *     of this pool until it has ended, though there may be none that is free
     * @param int|string|null $key the key in the results; null: one more than the highest integer that was ever in use in
     *     this pool, so that no key is given again
     * @param int $priority of the tasks that wait for a slot those with the highest start first, equal ones in order; a
     *     repeat keeps it. {@see Future::start()} goes before all
     *
     * @return Future<U>
     *
     * @throws \ValueError when the key is in use
     * @throws AsyncError when the future is in a pool already, or this is a pool of the parent
     */
    public function add(callable|Task|Future $task, int|string|null $key = null, int $priority = 0): Future
    {
    }

    /**
     * Returns whether the pool has a future under this key.
     *
     * @param int|string $offset
     */
    public function offsetExists(mixed $offset): bool
    {
    }

    /**
     * Gives the future under this key.
     *
     * @param int|string $offset
     *
     * @return Future<T>
     *
     * @throws \ValueError when there is none
     */
    public function offsetGet(mixed $offset): Future
    {
    }

    /**
     * Adds a task: `$pool[] = $task` and `$pool['key'] = $task` are {@see add()}.
     *
     * @param int|string|null $offset
     * @param (callable(): T)|Task<T>|Future<T> $value
     *
     * @throws \ValueError when the key is in use
     * @throws AsyncError when the future is in a pool already, or this is a pool of the parent
     */
    public function offsetSet(mixed $offset, mixed $value): void
    {
    }

    /**
     * Cancels the future under this key and takes it out of the pool; nothing happens when there is none.
     *
     * @param int|string $offset
     */
    public function offsetUnset(mixed $offset): void
    {
    }

    /**
     * Counts the futures in the pool, whatever their state.
     *
     * @return int<0, max>
     */
    public function count(): int
    {
    }

    /**
     * Gives each future once, with its key, in the order that they end; waits where it has to. It begins with those that
     * have ended and are in the pool; what {@see clearFinished()} takes out from then on is given, and kept until then.
     *
     * @return \Iterator<int|string, Future<T>>
     */
    public function getIterator(): \Iterator
    {
    }

    /**
     * Lists the keys in the order that they went in.
     *
     * @return list<int|string>
     */
    public function keys(): array
    {
    }

    /**
     * Calls a function with each item, in warm workers, and gives the results one after the other. Items are taken
     * as there is room for them, so that ten million from a generator need no more memory than a thousand; those of an
     * array that is in memory already are not sent at all. The workers end as {@see recycle()} or {@see tasksPerChild()}
     * say, and with the map. Meanwhile they also run the tasks that are added to a pool that has no warm workers
     * otherwise.
     *
     * A failure costs its item only, and so does a worker that dies: `current()` throws it when its turn comes, and `next()`
     * goes on behind it. In a `foreach` that ends the loop. What $items itself throws is thrown once, after the results of all
     * items before it, and is the end. What has not begun when the iterator goes does not begin; nor does
     * it after {@see stop()} and {@see cancel()}, and in a pool that was stopped there is nothing to be given at all.
     * {@see retry()} counts for each item: what has failed is run again alone, in any worker that is free, and keeps its
     * place among the results.
     *
     * @template K
     * @template V
     * @template R
     *
     * @param iterable<K, V> $items
     * @param callable(V): R $fn
     * @param bool $ordered true: in the order of the items; false: as they end
     * @param (callable(\Throwable, V, K): R)|null $catch is called in the parent with a failure that its first parameter takes,
     *     when its turn comes: what it returns is the value of the item
     *
     * @return \Iterator<K, R> to be walked along once; the keys are those of the items
     *
     * @throws AsyncError when tasks are queued or running in children of their own, or this is a pool of the parent
     */
    public function map(iterable $items, callable $fn, bool $ordered = true, ?callable $catch = null): \Iterator
    {
    }

    /**
     * Waits for all, as {@see await()} of the pool does.
     *
     * @param (callable(self<T>): mixed)|null $tick is called again and again while waiting; a true from it stops
     *     the waiting, and only what has ended by then is in the array
     *
     * @return array<int|string, T>
     *
     * @throws \Throwable the first unhandled failure, as the very class that the task threw
     */
    public function wait(?callable $tick = null): array
    {
    }

    /**
     * Handles what is ready and returns at once: for a loop of your own, with {@see stream()}.
     *
     * @return int<0, max> how many futures have ended since the last call
     */
    public function tick(): int
    {
    }

    /**
     * Gives a stream for stream_select() or an event loop: readable when {@see tick()} has work. Do not read it.
     *
     * @return resource
     */
    public function stream()
    {
    }

    /**
     * Starts nothing more; what runs goes on. Tasks that have not started are cancelled, and what is added from now on at
     * once; one that waits to be run again has failed as it did. Items of {@see map()} that no child has begun do not begin:
     * its iterator gives what was done, also by those that run now, and ends; it leaves the others out.
     *
     * @return $this
     */
    public function stop(): self
    {
    }

    /**
     * Stops, and ends what runs, tasks and items of {@see map()}: its iterator gives what was done, and ends.
     *
     * @return $this
     */
    public function cancel(): self
    {
    }

    /**
     * Sends a signal to the children of this pool that run a task or an item now, and to what these have started. What it does
     * there is what a signal does: a task without a handler for SIGUSR1 dies of it.
     *
     * @param int<1, 64> $signal one that can be handled
     *
     * @return $this
     *
     * @throws \ValueError for other numbers, and for SIGKILL, SIGSTOP, SIGSEGV, SIGFPE and SIGILL
     */
    public function signal(int $signal): self
    {
    }

    /**
     * Counts the futures by state, and the items of {@see map()} that have been taken out of their source and not been given:
     * one is running for each child that is at items, what such a child has yet to begin is queued. It takes the same time
     * however many futures there are.
     */
    public function status(): PoolStatus
    {
    }

    /**
     * Gives the futures that wait for a slot.
     *
     * @return array<int|string, Future<T>>
     */
    public function getQueue(): array
    {
    }

    /**
     * Gives the futures that are in a child now. No list has the items of {@see map()}, as there is no future for one:
     * {@see status()} counts them.
     *
     * @return array<int|string, Future<T>>
     */
    public function getInProgress(): array
    {
    }

    /**
     * Gives the futures whose task gave a value.
     *
     * @return array<int|string, Future<T>>
     */
    public function getFinished(): array
    {
    }

    /**
     * Gives the futures whose task failed or was cancelled, also when a handler has handled that.
     *
     * @return array<int|string, Future<T>>
     */
    public function getFailed(): array
    {
    }

    /**
     * Gives the futures whose task ended because its time was over, also when a handler has handled that.
     *
     * @return array<int|string, Future<T>>
     */
    public function getTimeouts(): array
    {
    }

    /**
     * Takes the futures that have ended, in whatever way, out of the pool. A `foreach` over it that has begun still gives
     * those that it has not given yet.
     *
     * @return $this
     */
    public function clearFinished(): self
    {
    }

    /**
     * Forgets the values and the captured output of the futures that have ended, and keeps the futures.
     *
     * @return $this
     */
    public function clearResults(): self
    {
    }
}

/**
 * Messages between processes. {@see Channel::create()} makes a queue in shared memory, for any processes that are forked after
 * it was made, in any number of generations, and for the one that made it. {@see Future::channel()} and {@see channel()} are
 * the two ends of a channel between a process and one of its tasks: what one end sends, the other one receives; 64 messages,
 * or 128 KiB, wait in each direction.
 *
 * Several processes may send, and several receive: each message is received once, and those of one sender in their order.
 * Values are encoded as the results of tasks are. Nothing is left in the system when the processes are gone, in
 * whatever way. A process that is killed in the middle of a message costs that message, and a receiver is told.
 *
 * Whoever waits here handles meanwhile what ends, as in {@see await()}: handlers run, queued tasks start.
 *
 * @template T
 *
 * @implements \IteratorAggregate<int, T>
 */
final class Channel implements \Countable, \IteratorAggregate
{
    private function __construct()
    {
    }

    /**
     * Makes a channel. To be called before the processes are forked that are to use it: a task of a warm worker that was
     * forked before gets a process of its own.
     *
     * @param int<1, 1048575> $capacity how many messages may wait to be received. Their bytes have to fit as well:
     *     128 KiB for up to 64 messages, 1 MiB for up to 1,024, 8 MiB beyond. A message that is longer goes through in
     *     pieces, while it is received
     *
     * @return self<mixed>
     *
     * @throws \ValueError when the capacity is less than 1, or more than 1,048,575
     * @throws CannotForkException when there is no memory
     */
    public static function create(int $capacity = 16): self
    {
    }

    /**
     * Sends a value, and waits while the channel is full. When it returns, the message can be received, also after the
     * end of this process.
     *
     * @param T $message
     * @param float|null $timeout seconds to wait for room; null: as long as it takes
     *
     * @throws ChannelClosedException when the channel is closed; or full, and no other process is left that could receive;
     *     when the task has ended whose channel it is
     * @throws TimeoutException when there was no room in time; nothing was sent
     * @throws NotSerializableException when the value cannot be sent; `path` tells which part of it
     * @throws ProtocolException when some process has written over the channel's memory
     * @throws AsyncError in a handler that runs while this process is in the middle of a message that it sends
     */
    public function send(mixed $message, ?float $timeout = null): void
    {
    }

    /**
     * Receives the next value, and waits for one. What was sent before {@see close()} can be received after it.
     *
     * @param float|null $timeout seconds to wait for a message; null: as long as it takes; 0: not at all
     *
     * @return T
     *
     * @throws ChannelClosedException when the channel is closed and empty; or empty, and no other process is left that could
     *     send; when the task has ended whose channel it is, and has left no message. With `async.mode=sync`, in a task, when
     *     there is no message: its parent goes on when it has returned
     * @throws TimeoutException when none came in time
     * @throws ProcessDiedException when a process ended, or gave up, in the middle of a message, which is lost: told once;
     *     the channel works on
     * @throws ProtocolException when the message cannot be read, as it does not fit under `memory_limit`, or some process
     *     has written over the channel's memory
     * @throws AsyncError in a handler that runs while this process is in the middle of a message that it receives
     */
    public function receive(?float $timeout = null): mixed
    {
    }

    /**
     * Lets no more messages be sent, by any process: loops over the channel end when it is empty. A second call does nothing.
     * Of two ends, it is this one that sends nothing more: the other one can still send.
     */
    public function close(): void
    {
    }

    /**
     * Has any process closed it? There may still be messages to be received. Of two ends: was one closed, or has the task
     * ended?
     */
    public function isClosed(): bool
    {
    }

    /**
     * Counts the messages that wait to be received.
     *
     * @return int<0, max>
     */
    public function count(): int
    {
    }

    /**
     * Gives a stream for stream_select() or an event loop: readable while a message can be received, when the channel is
     * closed, when no other process is left that has it, and, until this process has looked, when one of its children has
     * ended. Do not read it, and call `receive(0)`: of several processes that see it readable, one gets the message.
     * The stream of {@see Future::channel()} may also be readable for other news of this process's tasks.
     *
     * @return resource
     *
     * @throws AsyncError for a channel that was made while there were 128 others: those have descriptors; and for a task's
     *     end of the channel to its parent
     */
    public function stream()
    {
    }

    /**
     * Receives messages until the channel is closed and empty. A second loop goes on with what comes then.
     *
     * @return \Iterator<int, T>
     */
    public function getIterator(): \Iterator
    {
    }
}

/**
 * What {@see Channel::getIterator()} gives: the messages of a channel, as they come.
 *
 * @internal declare `\Iterator`
 *
 * @template T
 *
 * @implements \Iterator<int, T>
 */
final class ChannelIterator implements \Iterator
{
    private function __construct()
    {
    }

    /**
     * @return T|null
     */
    public function current(): mixed
    {
    }

    public function key(): ?int
    {
    }

    public function next(): void
    {
    }

    public function rewind(): void
    {
    }

    public function valid(): bool
    {
    }
}

/**
 * What {@see Pool::getIterator()} gives: the futures of a pool, as they end.
 *
 * @internal declare `\Iterator`
 *
 * @template T
 *
 * @implements \Iterator<int|string, Future<T>>
 */
final class PoolIterator implements \Iterator
{
    private function __construct()
    {
    }

    /**
     * @return Future<T>|null
     */
    public function current(): ?Future
    {
    }

    public function key(): int|string|null
    {
    }

    /**
     * Waits until one more has ended.
     */
    public function next(): void
    {
    }

    /**
     * Begins again with all futures of the pool.
     */
    public function rewind(): void
    {
    }

    public function valid(): bool
    {
    }
}

/**
 * The parent's handle of one task. Made by {@see async()} and {@see Pool::add()}, never by `new`.
 *
 * A failure that no `catch` took and nobody awaited is an E_WARNING when its future goes away. Futures cannot be
 * cloned or serialized.
 *
 * @template-covariant T
 */
final class Future
{
    private function __construct()
    {
    }

    /**
     * Makes a future that has ended with this value, without a task: for tests of code that takes futures. Works where
     * there are no processes, too.
     *
     * @template V
     *
     * @param V|Future<V> $value a future: its outcome is the outcome
     *
     * @return self<V>
     */
    public static function resolved(mixed $value): self
    {
    }

    /**
     * Makes a future that has failed, without a task. As any other failure it is told by an E_WARNING when nobody has
     * handled or awaited it.
     *
     * @return self<never>
     */
    public static function failed(\Throwable $throwable): self
    {
    }

    /**
     * Adds a handler for the value. It runs in the parent, where {@see Handlers} says, after the child has ended, also
     * when nobody awaits. What it returns is the value from then on, null included; a handler without a `return`
     * statement keeps the value. A future that it returns is awaited, and gives its value. What it throws surfaces
     * at `await`.
     *
     * @template U
     *
     * @param callable(T): U $fn
     *
     * @return self<T|U>
     */
    public function then(callable $fn): self
    {
    }

    /**
     * Adds a handler for a failure, chosen by the type of its first parameter: a class, a union of classes, or
     * none for any failure. The first that matches runs, and has handled the failure: what it returns becomes the
     * value, null too, and also where it has no `return` statement. A future that it returns is awaited. Where none
     * matches, the failure stands.
     *
     * @template U
     *
     * @param callable(never): U $fn
     *
     * @return self<T|U>
     */
    public function catch(callable $fn): self
    {
    }

    /**
     * Adds a handler that always runs and is given nothing. What it returns is ignored.
     *
     * @param callable(): mixed $fn
     *
     * @return self<T>
     */
    public function finally(callable $fn): self
    {
    }

    /**
     * Sets the time that this task may take, counted from its start, or adds a handler for when time runs out,
     * the pool's time included. The handler has handled the timeout: what it returns becomes the value, as for
     * {@see catch()}. A task that handles SIGTERM may still return something, until it is killed: that is its value. What it
     * throws then is the previous exception of the {@see TimeoutException}.
     *
     * @template U
     *
     * @param float|(callable(TimeoutException): U) $limit seconds (0: no limit), or the handler
     *
     * @return self<T|U>
     *
     * @throws \ValueError when the seconds are negative
     */
    public function timeout(callable|float $limit): self
    {
    }

    /**
     * Starts the task if it has not been: in its pool, as soon as a slot is free, else in the default pool.
     *
     * @return self<T>
     */
    public function start(): self
    {
    }

    /**
     * Ends the task: takes it from the queue, or ends its child with all that it started.
     *
     * With a grace a task that runs is asked first: {@see cancelled()} is true in it, {@see throwIfCancelled()} throws. What
     * it makes of that is its outcome: Cancelled if it lets that exception through, else the value that it returns or what
     * it throws. When the grace is over it is ended as without one: by SIGTERM, and by SIGKILL after `async.kill_grace`. A
     * task that was asked is not run again. Asked twice, it has the shorter of both times.
     *
     * @param float|null $grace seconds; null: the task is not asked
     *
     * @return bool false when the task had ended already
     *
     * @throws \ValueError when $grace is negative or not finite
     */
    public function cancel(?float $grace = null): bool
    {
    }

    /**
     * Returns the parent's end of the channel between it and this task, whose other end is {@see \Async\channel()} in the
     * task. It can be had at any time: what is sent before the task begins is there when it does, and what the task has
     * sent can be received when it has ended. All ends of one future are the same: each message is received once.
     *
     * Waiting for a message, or for room, starts a task that nobody has started, as {@see await()} does. Another attempt
     * of the task has a new channel, with nothing in it for the task; what earlier attempts have sent stays to be received,
     * and what was closed stays closed.
     *
     * @return Channel<mixed>
     *
     * @throws AsyncError in another process than the one that has the future, and in the task itself
     */
    public function channel(): Channel
    {
    }

    /**
     * Returns what the task has reported last by {@see \Async\progress()}: a fraction from 0 to 1; null before it has, and
     * when it does not run any more.
     */
    public function progress(): ?float
    {
    }

    /**
     * Returns the message of that report; null when it had none.
     */
    public function progressMessage(): ?string
    {
    }

    /**
     * Waits for the value; the same as {@see await()} of this future.
     *
     * @param float|null $timeout seconds to wait; null: as long as it takes
     *
     * @return T
     *
     * @throws \Throwable the unhandled failure, as the very class that the task threw
     * @throws TimeoutException when the task, or the waiting, ran out of time
     */
    public function await(?float $timeout = null): mixed
    {
    }

    /**
     * Waits for the value; the same as {@see await()} of this future.
     *
     * @return T
     *
     * @throws \Throwable the unhandled failure, as the very class that the task threw
     */
    public function __invoke(): mixed
    {
    }

    /**
     * Returns where the task is in its life, and how it ended, whatever handlers made of that: a task that threw is
     * Failed, also when a `catch` gave it a value.
     */
    public function status(): Status
    {
    }

    /**
     * Returns the key in its pool; null in no pool.
     */
    public function key(): int|string|null
    {
    }

    /**
     * Returns the process id of the child; null before it was forked. It stays readable after the end.
     *
     * @return positive-int|null
     */
    public function pid(): ?int
    {
    }

    /**
     * Gives the failure without throwing it; null while there is none, and when a handler has handled it.
     */
    public function error(): ?\Throwable
    {
    }

    /**
     * Returns how the task reached its child; null before it began.
     */
    public function route(): ?Route
    {
    }

    /**
     * Returns how often the task has begun: 0 before it has, and more than 1 when its pool has run it again.
     *
     * @return int<0, max>
     */
    public function attempts(): int
    {
    }

    /**
     * Gives what the task has printed to its standard output, where the pool captures it ({@see Pool::output()}): all
     * of it when it has ended, what has come so far while it runs. Of more than `async.max_output` bytes the
     * beginning and the end are kept, with a line between them that says how many bytes were cut.
     *
     * @return string empty where nothing was printed, or nothing is captured
     */
    public function output(): string
    {
    }

    /**
     * Gives what the task has printed to its error output, as {@see output()} does.
     *
     * @return string empty where nothing was printed, or nothing is captured
     */
    public function errorOutput(): string
    {
    }
}

/**
 * What {@see Pool::map()} gives: results, one after the other.
 *
 * @template K
 * @template R
 *
 * @implements \Iterator<K, R>
 */
final class MapIterator implements \Iterator
{
    private function __construct()
    {
    }

    /**
     * Gives the value of the item at hand; waits for the first one.
     *
     * @return R
     *
     * @throws \Throwable the failure of that item
     */
    public function current(): mixed
    {
    }

    /**
     * Returns the key of the current item.
     *
     * @return K
     */
    public function key(): mixed
    {
    }

    /**
     * Waits for the next result.
     *
     * @throws \Throwable what the source of the items threw
     */
    public function next(): void
    {
    }

    /**
     * Does nothing: results come once.
     */
    public function rewind(): void
    {
    }

    /**
     * Returns whether there is a current item.
     */
    public function valid(): bool
    {
    }
}

/**
 * A lock between processes: of all that have it, one at a time is behind `acquire()`.
 *
 * It is made before the fork. Every process that is forked from then on has it: tasks, warm workers, functions of a
 * map, and the tasks of tasks, as deep as they go. It is memory that they share, and nothing of the system's: no file, no
 * semaphore of System V, and nothing is left after a `kill -9`.
 *
 * The process holds the lock, whichever function took it, and gives it back itself. When the process dies, or when its
 * task ends with the lock held, the lock is free, and whoever gets it next finds {@see wasAbandoned()} true: what the
 * lock protects may be half done. At the end of the script its own locks are given up as well, before it waits for
 * tasks.
 */
final class Mutex
{
    /**
     * @throws LockException when there is no memory
     */
    public function __construct()
    {
    }

    /**
     * Takes the lock; waits as long as another process has it. A process that has children looks after them meanwhile,
     * as `await()` does, and handlers run.
     *
     * @param float|null $timeout seconds to wait; 0.0: not at all; null: as long as it takes
     *
     * @throws TimeoutException when the time is over; it names who holds the lock
     * @throws LockException when this process holds it already: it would wait for itself for ever
     */
    public function acquire(?float $timeout = null): void
    {
    }

    /**
     * Takes the lock if it is free.
     *
     * @return bool false when it is held, by this process too
     */
    public function tryAcquire(): bool
    {
    }

    /**
     * Gives the lock back.
     *
     * @throws LockException when this process does not hold it; it names who does
     */
    public function release(): void
    {
    }

    /**
     * Calls a function with the lock held, and gives it back, also when the function throws.
     *
     * @template T
     *
     * @param callable(): T $fn
     *
     * @return T what it returns
     *
     * @throws LockException when this process holds the lock already
     */
    public function synchronized(callable $fn): mixed
    {
    }

    /**
     * Did the holder before this process end with the lock? Asked by who holds it; the answer stays until this process
     * takes the lock again.
     */
    public function wasAbandoned(): bool
    {
    }
}

/**
 * A number of permits, of which each process takes what it needs: so many are behind `acquire()` at a time.
 *
 * Made, shared and freed as a {@see Mutex} is: the permits of a process that dies, or whose task ends with them, are free
 * again. A process may hold several.
 */
final class Semaphore
{
    /**
     * @param int $permits 1 to 32767
     *
     * @throws LockException when there is no memory
     */
    public function __construct(int $permits)
    {
    }

    /**
     * Takes a permit; waits as long as there is none. See {@see Mutex::acquire()}.
     *
     * @param float|null $timeout seconds to wait; 0.0: not at all; null: as long as it takes
     *
     * @throws TimeoutException when the time is over; it names who holds the permits
     * @throws LockException when this process holds all of them: it would wait for itself for ever
     */
    public function acquire(?float $timeout = null): void
    {
    }

    /**
     * Takes a permit if there is one.
     */
    public function tryAcquire(): bool
    {
    }

    /**
     * Gives a permit back.
     *
     * @throws LockException when this process holds none
     */
    public function release(): void
    {
    }

    /**
     * Calls a function with a permit, and gives it back, also when the function throws.
     *
     * @template T
     *
     * @param callable(): T $fn
     *
     * @return T what it returns
     *
     * @throws LockException when this process holds all permits already
     */
    public function synchronized(callable $fn): mixed
    {
    }

    /**
     * How many permits nobody holds now.
     */
    public function available(): int
    {
    }
}

/**
 * A number that processes share, and change in one step. Made and shared as a {@see Mutex} is; it needs no lock.
 */
final class Counter
{
    /**
     * @throws LockException when there is no memory
     */
    public function __construct(int $value = 0)
    {
    }

    /**
     * Adds to the number.
     *
     * @param int $by may be negative
     *
     * @return int the sum
     *
     * @throws \ValueError when that is no int; the number stays as it was
     */
    public function add(int $by = 1): int
    {
    }

    /**
     * The number.
     */
    public function get(): int
    {
    }

    /**
     * Sets the number.
     *
     * @return int what it was before
     */
    public function set(int $value): int
    {
    }

    /**
     * Sets the number if it is what the caller expects.
     *
     * @return bool was it?
     */
    public function compareAndSet(int $expected, int $value): bool
    {
    }
}

/**
 * A value that processes share. Each process gets copies of it, and sets it as a whole.
 *
 * Made and shared as a {@see Mutex} is. A reader waits for nobody, and never sees half a value; a process that dies while
 * it sets the value leaves the one before.
 *
 * @template T
 */
final class Shared
{
    /**
     * @param T $value anything that can be serialized
     * @param int $bytes the most that a value may take, serialized; twice as much memory is set aside
     *
     * @throws LockException when there is no memory, or no room for the value
     * @throws NotSerializableException when the value cannot be serialized
     */
    public function __construct(mixed $value = null, int $bytes = 65536)
    {
    }

    /**
     * A copy of the value.
     *
     * @return T
     */
    public function get(): mixed
    {
    }

    /**
     * Sets the value. Waits for an {@see update()} of another process.
     *
     * @param T $value
     *
     * @throws LockException when there is no room for it, which names both sizes; or in the function of an update
     * @throws NotSerializableException when it cannot be serialized
     */
    public function set(mixed $value): void
    {
    }

    /**
     * Calls a function with the value, and sets what it returns; no other process sets it meanwhile. When the function
     * throws, the value stays as it was.
     *
     * @param callable(T): T $fn
     *
     * @return T the new value
     *
     * @throws LockException as {@see set()}
     * @throws NotSerializableException when what the function returns cannot be serialized
     */
    public function update(callable $fn): mixed
    {
    }
}

/**
 * Which workers of a {@see Supervisor} are started again when they have ended.
 */
enum Restart
{
    /** Those that have failed: thrown, died, or called `exit` with a code other than 0. */
    case OnFailure;

    /** Those that have returned, too. */
    case Always;

    /** None. */
    case Never;
}

/**
 * Keeps workers up: forks them, starts again what has failed, replaces what has had enough, and lets all of them come to
 * an end when it is told to, by signals that are those of php-fpm and gunicorn.
 *
 * See docs/supervisor.md for the tables of signals, exit codes and events.
 */
final class Supervisor
{
    public static function create(): self
    {
    }

    public function __construct()
    {
    }

    /**
     * Sets how many workers the callable gets that {@see run()} is given. Without this call: as many as there are usable CPUs.
     *
     * @param int|string $workers a number, or a share of the usable CPUs such as `'75%'`, rounded down, at least one
     *
     * @throws \ValueError when that is less than one
     */
    public function workers(string|int $workers): self
    {
    }

    /**
     * Adds workers that run the same. Several calls make several kinds of workers.
     *
     * @param (callable(Worker, mixed): mixed)|Task<mixed> $worker is called with the worker, and with what the bootstrap has returned
     * @param int|string $workers a number, or a share of the usable CPUs
     *
     * @throws \ValueError when the name is empty or in use, or there are no workers
     */
    public function add(string $name, callable|Task $worker, string|int $workers = 1): self
    {
    }

    /**
     * Sets what each worker does first: a function that is called with the worker, or a file that is required. What it
     * returns is the second argument of the worker's own function. A file is loaded by workers alone: those that are
     * started later, by SIGHUP for example, have what the file says by then.
     *
     * @param string|callable(Worker): mixed $bootstrap
     */
    public function bootstrap(callable|string $bootstrap): self
    {
    }

    /**
     * Sets which workers are started again, and after what time: `$backoff` seconds after the first failure of a row, then
     * twice the time for each further one, `$maxBackoff` at most. One that has lasted for longer than `$maxBackoff` begins a new row.
     *
     * @param int|null $limit more failures than that within `$within` seconds, of all workers, end the supervisor; null: any number
     * @param float $jitter how much of each time is random, from 0 to 1
     *
     * @throws \ValueError when a number is out of its range
     */
    public function restart(Restart $restart, float $backoff = 1.0, float $maxBackoff = 30.0, ?int $limit = null, float $within = 60.0, float $jitter = 0.2): self
    {
    }

    /**
     * Sets when a worker has had enough: it is told to stop, and another one takes its place at once.
     *
     * @param int|null $jobs after so many calls of {@see Worker::job()}
     * @param float|null $seconds after this time
     * @param int|null $bytes when PHP has so much memory from the system, by `memory_get_usage(true)`
     * @param bool $overlap the other one is started first, with a number of its own, and the worker goes on until that one is
     *                      ready: so there may be one process more than workers, and a worker does some more than its limit
     *
     * @throws \ValueError when a number is not greater than 0
     */
    public function recycle(?int $jobs = null, ?float $seconds = null, ?int $bytes = null, bool $overlap = false): self
    {
    }

    /**
     * Sets the time that a worker has to stop once it was told to; after that it is killed. Without this call: 25 s.
     *
     * @throws \ValueError when it is negative or not finite
     */
    public function grace(float $seconds): self
    {
    }

    /**
     * Sets how long a worker may give no sign of life: it is replaced then. Each method of {@see Worker} but id() and name() is one.
     *
     * @param float|null $seconds null, as without this call: for ever
     *
     * @throws \ValueError when it is not greater than 0
     */
    public function heartbeat(?float $seconds): self
    {
    }

    /**
     * Sets a file that says in JSON how all is. It is written about once a second, and replaced as a whole.
     *
     * @throws \ValueError when the path is empty
     */
    public function health(?string $path): self
    {
    }

    /**
     * Sets where metrics are given out, in the text format of Prometheus: a file, for the textfile collector of its node
     * exporter, or an address of the loopback interface, which answers `/metrics` and `/health`.
     *
     * @param string|null $where a path, or an address such as `'127.0.0.1:9464'`
     *
     * @throws \ValueError when it is neither, or not of the loopback interface
     */
    public function metrics(?string $where): self
    {
    }

    /**
     * Sets what is told of each event. `[$logger, 'log']` of a PSR-3 logger fits. Without a listener, what is a notice or more
     * is a line of the error output. What the listener throws is a warning.
     *
     * @param (callable(string, string, array<string, mixed>): mixed)|null $fn is called with level, message and context
     */
    public function onEvent(?callable $fn): self
    {
    }

    /**
     * Sets how many workers of a kind there shall be, also while the supervisor runs. With 0 it waits for more.
     *
     * @throws \ValueError when there is no such kind, or the number is negative
     */
    public function scale(string $name, int $workers): self
    {
    }

    /**
     * Runs the workers, until all have come to an end.
     *
     * @param (callable(Worker, mixed): mixed)|Task<mixed>|null $worker one more kind, of the name "worker"
     *
     * @return int the exit code: 0 drained or done, 1 something has failed that is not started again, 2 some had to be killed,
     *             70 a storm of failures, 71 the address for metrics cannot be used, 73 nor a file for health or metrics,
     *             78 no worker has come past its bootstrap
     *
     * @throws UnsupportedException where this PHP cannot fork
     * @throws AsyncError when there are no workers, or a supervisor runs in this process already
     */
    public function run(callable|Task|null $worker = null): int
    {
    }
}

/**
 * What a worker of a {@see Supervisor} knows of itself, and is asked. Each method but id() and name() is a sign of life.
 */
final class Worker
{
    private function __construct()
    {
    }

    /** Returns its number among those of its kind, from 1 on. One that takes the place of another has the same. */
    public function id(): int
    {
    }

    /** Returns the name of its kind. */
    public function name(): string
    {
    }

    /** Is it to stop? Between two jobs it looks here, and returns. */
    public function stopping(): bool
    {
    }

    /**
     * Says that it is alive.
     *
     * @param string|null $status what it is at, for the health file and SIGUSR1; of a long text the beginning is kept
     */
    public function heartbeat(?string $status = null): void
    {
    }

    /** Says that it has done one job more. */
    public function job(): void
    {
    }

    /**
     * Sleeps, and is woken when it is to stop. Its own tasks go on meanwhile.
     *
     * @return bool false when it is to stop: `while ($worker->sleep(1)) { ... }`
     *
     * @throws \ValueError when the time is negative
     */
    public function sleep(float $seconds): bool
    {
    }

    /**
     * Has something called once when it is to stop: at the next statement, also in the middle of something that blocks if
     * a signal cuts that short; at once if it is to stop already.
     *
     * @param callable(): mixed $fn
     */
    public function onStop(callable $fn): self
    {
    }
}

/**
 * The base of all that can go wrong at run time. No message is ever empty: each names task, pid and cause.
 */
class AsyncException extends \RuntimeException
{
}

/**
 * A child ended without an outcome: `exit` (whatever the code: a value was promised and none came), a fatal
 * error, the memory limit, a signal.
 */
class ProcessDiedException extends AsyncException
{
    /** The exit code; null when a signal ended it, or when the status is unknown. */
    public readonly ?int $exitCode;

    /** The number of the signal that ended it; null when it exited. */
    public readonly ?int $signal;

    /** The name of that signal, such as `SIGKILL`. */
    public readonly ?string $signalName;

    /** The process id of the child. */
    public readonly ?int $pid;

    /** The message of the last PHP error in the child, when a fatal one ended it. */
    public readonly ?string $lastError;

    /** The file of that error. */
    public readonly ?string $lastErrorFile;

    /** The line of that error. */
    public readonly ?int $lastErrorLine;

    /** Whether the child left a core file. */
    public readonly bool $coreDumped;

    /** The task: its key in its pool, or `#` and a number outside of one. */
    public readonly string $task;

    /** The last 20 lines of its error output, 4096 bytes at most; null when that was not captured. */
    public readonly ?string $errorOutput;
}

/**
 * All tasks have failed of which {@see any()} was to give a value. Its previous exception is the first failure.
 */
class AggregateException extends AsyncException
{
    /** @var array<array-key, \Throwable> the failures, under the keys of the futures */
    public readonly array $reasons;
}

/**
 * The time of a task, or of the waiting for it, is over.
 */
class TimeoutException extends AsyncException
{
}

/**
 * The task was cancelled.
 */
class CancelledException extends AsyncException
{
}

/**
 * A result holds something that cannot be sent from one process to another: a closure, a generator, a resource,
 * an object of an anonymous class, or of a class that the parent does not have.
 */
class NotSerializableException extends AsyncException
{
    /** What it is: a class name, or `resource (stream)`, as get_debug_type() names it. */
    public readonly string $type;

    /** Where it is in the result, such as `["rows"][3]->handle`; empty: the result itself. */
    public readonly string $path;
}

/**
 * The system gave no process, no descriptor for one, or not the limits that it was to have.
 */
class CannotForkException extends AsyncException
{
    /** The error number of the system call. */
    public readonly int $errno;

    /** The limit that was probably met, such as `RLIMIT_NPROC` or `memory_limit`; null when unknown. */
    public readonly ?string $limit;
}

/**
 * Children cannot be used here: FPM, Apache, the built-in web server, a multi-threaded server.
 */
class UnsupportedException extends AsyncException
{
}

/**
 * What came through a child's pipe cannot be understood.
 */
class ProtocolException extends AsyncException
{
}

/**
 * A throwable of a class that the parent cannot load. Message, code, file, line and previous are the original's.
 */
class RemoteException extends AsyncException
{
    /** The class that was thrown. */
    public readonly string $class;

    /**
     * The own properties of the original, by name.
     *
     * @var array<string, mixed>
     */
    public readonly array $properties;
}

/**
 * Something that processes share cannot be used like this: a lock that the process holds already, or does not hold; a
 * value for which there is no room. It says which process holds it, and what to do.
 */
class LockException extends AsyncException
{
}

/**
 * A channel that is closed, or that no other process is left to use.
 */
class ChannelClosedException extends AsyncException
{
}

/**
 * A daemon or a detached task cannot begin. Its code is an exit code: 67 no such user, 71 no process, 73 a file cannot be opened or written,
 * 75 the pid file belongs to a process that runs, 77 the process cannot become that user.
 */
class SupervisorException extends AsyncException
{
}

/**
 * Wrong use, to be mended in the program: `await` in a handler of the same future, a future added to two pools, a
 * pool of the parent used in its child.
 */
class AsyncError extends \Error
{
}
