//! Workers that stay up: a supervisor keeps so many of each kind running, starts again what has failed, and lets all of
//! them go when it is told to.
//!
//! ```text
//! supervisor   run: the loop                                    worker (child)
//!   signals      what it is asked for                             worker: Async\Worker, its bootstrap, its code
//!   unit         one worker over all its processes   <- pulse --    (a slot of the control page: see process/shared)
//!   end          how a process has ended              -- wish ->
//!   overlap      another one is ready before it ends
//!   event        what is told to the script
//!   show         what is shown to others: files, a port, systemd
//!   renewal      its own code has changed: it executes itself
//! ```
//!
//! Each process of a worker is an isolated attempt of a future, in a group of the supervisor's own: it is forked, watched
//! and reaped like any other, and the ledger of that group says where it is. What is added here is what happens between
//! two processes of a worker, and that it can be told to stop. `pool/restart` decides what is started again.

pub(crate) mod assignment;
mod end;
mod event;
mod health;
mod history;
pub(crate) mod metrics;
pub(crate) mod object;
mod overlap;
mod renewal;
mod roll;
pub(crate) mod run;
mod show;
mod signals;
mod unit;
mod upkeep;
pub(crate) mod worker;

pub(crate) use worker::on_interrupt;
