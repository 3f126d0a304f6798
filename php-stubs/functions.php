<?php

/**
 * Stubs of the short names: `async()`, `await()` and the class alias `Pool`.
 *
 * They are there beside the names in `Async\` unless `async.short_names=0` stands in php.ini (PHP_INI_SYSTEM), and
 * as long as nobody else has the name: they give way to what a script declares, and `function_exists()` and
 * `class_exists()` do not count them. Leave this file out of your analyser's configuration where you have switched
 * them off, or declare your own.
 *
 * Never include this file at run time: the extension declares the real thing.
 */

use Async\Future;
use Async\Pool;
use Async\Task;

/**
 * Short name of {@see \Async\async()}.
 *
 * @template T
 *
 * @param (callable(mixed...): T)|Task<T> $task what to run
 * @param mixed ...$args arguments of the callable
 *
 * @return Future<T>
 *
 * @throws \Async\UnsupportedException where this PHP cannot fork and `async.unsupported` is `throw`
 */
function async(callable|Task $task, mixed ...$args): Future
{
}

/**
 * Short name of {@see \Async\await()}.
 *
 * @template T
 * @template K of array-key
 *
 * @param Future<T>|Pool<T>|iterable<K, Future<T>> $what what to wait for
 * @param float|null $timeout seconds to wait; null: as long as it takes
 *
 * @return ($what is Future ? T : array<K, T>)
 *
 * @throws \Throwable the first unhandled failure, as the very class that the task threw
 */
function await(Future|Pool|iterable $what, ?float $timeout = null): mixed
{
}

class_alias(Pool::class, 'Pool');
