//! async.so: a PHP extension that runs closures in forked children of the interpreter, and brings back what they return
//! or throw.
//!
//! # One task, from end to end
//!
//! ```text
//!  async($fn)                    php/functions     arguments in, a Future out
//!     |
//!  Future --- enqueue ---> Group                   task/: the only place that knows values, queues and processes
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
//! A pool may keep its children (`task/workers`). Tasks then go to them through a job queue in shared memory
//! (`process/shared/job_queue`), from which whoever is free takes the next one; results come back by a line of each
//! child (`process/shared/result_ring`). What is written in the job queue is a job (`task/workers/job`): the name of code that
//! both processes have (`zend/code`), and what it is bound to. `task/child/worker_loop` is the child's side, `task/map` is
//! `map()`.
//!
//! # Who may know whom
//!
//! | file or folder | owns | knows |
//! |---|---|---|
//! | `module` | what happens in which phase | `ini`, `php`, `process`, `task`, `zend` |
//! | `php` | what PHP code sees: a file for each class, and the functions | `error`, `exceptions`, `ini`, `pool`, `process`, `task`, `wire`, `zend` |
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
//! A test compares this table with what the files import.
//!
//! `pool`, `process` and `wire` know no PHP: `cargo test` links without the engine, so a test that reached it would not
//! link. `unsafe` is for `ffi`, `zend` and `process` alone.
//!
//! # Rules that hold everywhere
//!
//! - A child ends in `process::child::end`, by `_exit`, and returns to no frame of its parent.
//! - Whatever can run PHP code says so, and is called with no borrow held: PHP code can come back in anywhere. To drop a
//!   value of PHP is among that; `zend/cell` has the cells with which it cannot go wrong.
//! - Between taking a descriptor or a process and storing it in its owner there is no call of the engine.
//! - Only our own pids are waited for.

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
mod task;
mod wire;
mod zend;
