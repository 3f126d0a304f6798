//! async.so: a PHP extension that runs closures in forked children of the interpreter, and returns to the parent what
//! they return or throw.
//!
//! # One task, from end to end
//!
//! ```text
//!  async($fn)                    php/functions     arguments in, a Future out
//!     |
//!  Future --- enqueue ---> Group                   task/: the only part that knows values, queues and processes
//!                            |  pool/ledger        where is it, and whose turn is it? a pure state machine
//!                            v
//!                      task/workers/spawn --- process/fork: one fork() for the whole project
//!                            |                  \
//!        the parent goes on  |                   \  the child, task/child
//!                            v                    v
//!          process/poller/reactor:            process/child     own group, signals, parent-death request
//!          epoll over pipes and pidfds        zend/request      own output, seeds, errors
//!          process/poller/notifier: tells     zend/callable     the closure runs, protected
//!          the VM while PHP code runs         zend/value        value or throwable to bytes
//!                            |                process/channel   one frame (wire/frame), then _exit
//!                            v                    /
//!                      task/parent/event_loop <'        reap, read, start the next ones
//!                      task/workers/outcome             bytes to a value or an exception
//!                      task/parent/handlers             then, catch, finally: at a safe point only
//! ```
//!
//! # Warm workers
//!
//! A pool may keep its children as warm workers (`task/workers`). Tasks then go to them through a job queue in shared
//! memory (`process/shared/job_queue`), from which whichever worker is free takes the next one. Results come back
//! through a ring buffer of each worker (`process/shared/result_ring`). An entry of the job queue is a job
//! (`task/workers/job`): it names code that both processes have (`zend/code`), and holds the values that this code is
//! bound to. `task/child/worker_loop` is the worker's side, `task/map` is `map()`.
//!
//! # What may import what
//!
//! | file or folder | owns | knows |
//! |---|---|---|
//! | `module` | what happens in which phase | `ini`, `php`, `process`, `supervisor`, `task`, `zend` |
//! | `php` | what PHP code sees: a file for each class, and the functions | `error`, `exceptions`, `ini`, `pool`, `process`, `supervisor`, `task`, `wire`, `zend` |
//! | `supervisor` | workers that stay up | `error`, `exceptions`, `pool`, `process`, `task`, `zend` |
//! | `task` | the life of a task in parent and child | `error`, `exceptions`, `ini`, `pool`, `process`, `wire`, `zend` |
//! | `exceptions` | the one table from what can go wrong to what PHP gets | `error`, `process`, `wire`, `zend` |
//! | `ini` | php.ini | `pool`, `process`, `zend` |
//! | `error` | everything that can go wrong | `process`, `wire` |
//! | `zend` | safe wrappers round the engine | `ffi`, `process`, `wire` |
//! | `process` | forks, pipes, waits, signals | `wire` |
//! | `pool` | policy: where attempts are, slots, deadlines | nothing |
//! | `wire` | frames and the value format: bytes | nothing |
//! | `ffi` | the C shim, its declarations, and the symbol that PHP looks for | `module`, for that symbol |
//!
//! A test (`layers`) compares this table with what the files import; another one finds circles: files may import one
//! another in a circle only inside of one folder.
//!
//! `pool`, `process` and `wire` do not use PHP: `cargo test` links without the engine, so that a test which needed it
//! would not link. Only `ffi`, `zend` and `process` may contain `unsafe` code.
//!
//! # Rules that hold everywhere
//!
//! - A child ends in `process::child::end`, by `_exit`, and never returns to a stack frame of its parent.
//! - A function that can run PHP code says so, and is called while nothing is borrowed: PHP code can call back into any
//!   part of the extension. Dropping a PHP value can run PHP code, too; `zend/cell` has cells that make this safe.
//! - Between getting a descriptor or a process and storing it in its owner there is no call of the engine.
//! - Only pids of our own children are waited for.

mod error;
mod exceptions;
mod ffi;
mod ini;
#[cfg(test)]
mod layers;
mod module;
mod php;
mod pool;
mod process;
mod supervisor;
mod task;
mod wire;
mod zend;
