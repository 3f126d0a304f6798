//! Everything that can go wrong with a task, and the messages for it. `exceptions.rs` has the table from these errors
//! to PHP exceptions.

mod death;
mod lock;
mod others;
mod subject;
mod texts;

use std::fmt;

use nix::errno::Errno;

use crate::process::fork::Refused;
use crate::process::wait::Unended;
use crate::wire::frame::Malformed;

use texts::{
    closer_text, death_text, deserted_text, ended_text, gone_text, limit_text, lost_text, malformed_text,
    message_part, no_worker_text, part_text, quoted_text, remedy, threads_text, traces_text, unended_text,
    what,
};

pub(crate) use death::{Death, Traces};
pub(crate) use lock::{Holder, LockError};
pub(crate) use others::{Doing, Other};
pub(crate) use subject::{Label, Subject};
pub(crate) use texts::{limit_name, signal_name};

/// A limit that could not be set for a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// A memory limit below what the task's process has in use from the start.
    Memory {
        /// The memory limit that was asked for.
        wanted: String,
        /// Bytes in use.
        used: usize,
    },
    /// A change of priority.
    Nice {
        /// What was to be added to the nice value.
        increment: i32,
        /// The error of the kernel.
        errno: Errno,
    },
}

/// What is done with a message of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// It is sent.
    Sent,
    /// It is received.
    Received,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sent => "sent",
            Self::Received => "received",
        })
    }
}

/// Everything that can go wrong with a task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// The task's process died.
    #[error("{subject} {}{}", death_text(.death), traces_text(.traces))]
    Died {
        /// The task.
        subject: Subject,
        /// How its process died.
        death: Death,
        /// What else is known about that death.
        traces: Traces,
    },
    /// The task did not end within its time limit.
    #[error("{subject} did not end within {limit} s and {}{}", ended_text(*.unended), threads_text(*.threads))]
    TimedOut {
        /// The task.
        subject: Subject,
        /// The time limit in seconds.
        limit: Seconds,
        /// How many threads libraries have in the parent: a thread may have held a lock at the fork, which nothing
        /// releases in the child.
        threads: usize,
        /// Why the task's process is still there, if it is.
        unended: Option<Unended>,
    },
    /// The time limit of an `await` is over; the tasks that it waited for go on.
    #[error("no result within {limit} s; what was awaited goes on")]
    GaveUp {
        /// The time limit in seconds.
        limit: Seconds,
    },
    /// All tasks have failed of which one was to give a value.
    #[error("none of {count} tasks gave a value: {}; $reasons has all failures", quoted_text(.quoted, *.count))]
    NoneSucceeded {
        /// How many there were.
        count: usize,
        /// The first of them, and their failures.
        quoted: Vec<(Subject, String)>,
    },
    /// The task was cancelled.
    #[error("{subject} was cancelled{}", unended_text(*.unended))]
    Cancelled {
        /// The task.
        subject: Subject,
        /// Why the task's process is still there, if it is.
        unended: Option<Unended>,
    },
    /// The task was ended together with the script.
    #[error(
        "{subject} was ended with the script, which waits for nothing after a fatal error, a second SIGINT or SIGTERM, \
         or with async.at_exit=kill; \
         await it before the script ends"
    )]
    Abandoned {
        /// The task.
        subject: Subject,
    },
    /// The task has returned a value that cannot be serialized.
    #[error("{subject} returned {} that cannot be serialized: {reason}", what(.type_name, .path))]
    NotSerializable {
        /// The task.
        subject: Subject,
        /// The type of the part that cannot be serialized.
        type_name: String,
        /// Where that part is in the result; empty for the result itself.
        path: String,
        /// The reason, as given by the serializer.
        reason: String,
    },
    /// No process could be forked for the task.
    #[error("{subject} could not be started: {}() failed: {}; {}", .refused.call, .refused.errno.desc(), remedy(*.refused))]
    CannotFork {
        /// The task.
        subject: Subject,
        /// The call that failed, and its error.
        refused: Refused,
    },
    /// No worker could be forked that was to be ready before the first task.
    #[error("no child could be forked: {}", no_worker_text(*.refused))]
    NoWorkers {
        /// The call that failed, and its error; or `async.max_children` in place of the call.
        refused: Refused,
    },
    /// The task has a process, but a limit could not be set for it.
    #[error("{subject} could not be started: {}", limit_text(.limit))]
    LimitRefused {
        /// The task.
        subject: Subject,
        /// The limit that could not be set.
        limit: Limit,
    },
    /// There is no descriptor for an event loop of the application.
    #[error("stream() could not be made: {}() failed: {}; {}", .refused.call, .refused.errno.desc(), remedy(*.refused))]
    NoStream {
        /// The call that failed, and its error.
        refused: Refused,
    },
    /// What the task's process has sent is no valid message.
    #[error("{subject} {}", malformed_text(.why))]
    Protocol {
        /// The task.
        subject: Subject,
        /// Why the message is not valid.
        why: Malformed,
    },
    /// The result arrived complete, but cannot be decoded.
    #[error("{subject} sent a result that cannot be read: {reason}")]
    Unreadable {
        /// The task.
        subject: Subject,
        /// The reason, as given by the decoder.
        reason: String,
    },
    /// PHP code called `exit` while the result was decoded.
    #[error(
        "{subject} has a result that was not read: exit() was called by code of its classes, or while they were loaded"
    )]
    Unread {
        /// The task.
        subject: Subject,
    },
    /// This server API has more than one request or thread in a process.
    #[error(
        "tasks need a process of their own to fork, and the \"{sapi}\" server API shares its processes; \
         use the command line, or set async.unsupported=sync to run tasks one after the other"
    )]
    Unsupported {
        /// The name of the server API.
        sapi: String,
    },
    /// A thread of a thread-safe PHP that is not the main one.
    #[error(
        "tasks belong to the main thread of PHP: this code runs in another one, which a forked process would not have"
    )]
    OtherThread,
    /// Several threads run PHP.
    #[error(
        "tasks cannot be started while another thread of this process runs PHP: a forked process would have only the \
         thread that forks, and whatever the other one holds would stay locked in it; end that thread first"
    )]
    Threads,
    /// A value cannot be sent through a channel.
    #[error("the message {} cannot be sent: {reason}", message_part(.type_name, .path))]
    NotSendable {
        /// The type of the part that cannot be serialized.
        type_name: String,
        /// Where that part is in the message; empty for the message itself.
        path: String,
        /// The reason, as given by the serializer.
        reason: String,
    },
    /// A channel is closed.
    #[error("no message can be {message}: the channel was closed{}", closer_text(*.by))]
    ChannelClosed {
        /// What was to be done with a message.
        message: Message,
        /// The process that has closed it; 0 if that is not known.
        by: u32,
    },
    /// A channel was closed at the end of a script.
    #[error(
        "no message can be {message}: the script of process {script} has ended, and all that is left of it waits for each other"
    )]
    ScriptOver {
        /// What was to be done with a message.
        message: Message,
        /// The process of the script.
        script: u32,
    },
    /// The attempt of a task is over to whose channel this is an end.
    #[error("no message can be {message}: the task whose channel this is has ended")]
    TaskChannelOver {
        /// What was to be done with a message.
        message: Message,
    },
    /// The same, in the parent.
    #[error("no message can be {message}: {subject} has ended")]
    TaskOver {
        /// What was to be done with a message.
        message: Message,
        /// The task.
        subject: Subject,
    },
    /// All channels between this process and its tasks are in use.
    #[error(
        "there is no channel left for this task: {most} tasks of a process can have one at a time, half of them before they begin; ask for it when the task runs"
    )]
    TooManyTaskChannels {
        /// How many there can be.
        most: usize,
    },
    /// A task that runs in the process of its parent has nothing more to receive.
    #[error(
        "no message can be received: with async.mode=sync a task gets what its parent sent before it began, and the parent goes on when the task has returned"
    )]
    NothingInLine,
    /// No process is left that could go on with a channel.
    #[error("{}", deserted_text(*.message, *.capacity))]
    ChannelDeserted {
        /// What was to be done with a message.
        message: Message,
        /// How many messages fit into the channel.
        capacity: u32,
    },
    /// A message was lost with a process.
    #[error("{} in the middle of a message that it {}: that message is lost, the channel works on", gone_text(*.pid), lost_text(*.message))]
    MessageLost {
        /// The process.
        pid: Option<i32>,
        /// What it was doing with the message.
        message: Message,
    },
    /// Somebody has written over the memory of a channel.
    #[error(
        "the channel's shared memory was written over by some process, or an extension that one uses: what was in it is lost, the channel works on"
    )]
    ChannelGarbled,
    /// A message arrived whole, but is no value here.
    #[error("a message was received that cannot be read: {reason}")]
    UnreadableMessage {
        /// The reason, as given by the decoder.
        reason: String,
    },
    /// No message came in time.
    #[error("no message within {limit} s{}", others::others_text(.others, "send one"))]
    NoMessage {
        /// The time limit in seconds.
        limit: Seconds,
        /// Other processes that have the channel, where that was looked up.
        others: Vec<Other>,
    },
    /// No room came in time.
    #[error(
        "no room for a message within {limit} s: the channel holds {capacity}, and nobody has received one{}",
        others::others_text(.others, "receive one")
    )]
    NoRoomInChannel {
        /// The time limit in seconds.
        limit: Seconds,
        /// Other processes that have the channel, where that was looked up.
        others: Vec<Other>,
        /// How many messages fit into the channel.
        capacity: u32,
    },
    /// Another process was using the channel all the time.
    #[error(
        "the channel was in use by another process for {limit} s: {} is in the middle of a message, and does not go on",
        .holder.as_ref().map_or_else(|| "one".to_owned(), ToString::to_string)
    )]
    NoTurnInChannel {
        /// The time limit in seconds.
        limit: Seconds,
        /// That process.
        holder: Option<Holder>,
    },
    /// There is no memory for a channel.
    #[error("no channel could be made: {}() failed: {}; {}", .refused.call, .refused.errno.desc(), remedy(*.refused))]
    NoChannel {
        /// The call that failed, and its error.
        refused: Refused,
    },
    /// A future was used in place of its value.
    #[error("the future of {subject} cannot be {doing}, only its value can: await() it first")]
    NotAwaited {
        /// The task of the future.
        subject: Subject,
        /// What the program tried to do with the future.
        doing: &'static str,
    },
    /// Something that processes share cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A value cannot be serialized, for something that processes share.
    #[error("the value cannot be shared: {} cannot be serialized: {reason}", part_text(.type_name, .path))]
    NotShareable {
        /// The type of the part that cannot be serialized.
        type_name: String,
        /// Where that part is; empty for the value itself.
        path: String,
        /// The reason, as given by the serializer.
        reason: String,
    },
    /// There is no process that goes on without this one.
    #[error("the script cannot go on in the background: {reason}")]
    NoDaemon {
        /// The reason.
        reason: String,
        /// An exit code for it, as sysexits.h has them.
        code: i32,
    },
    /// The program uses the API in a way that cannot work: the message for it.
    #[error("{0}")]
    Misuse(&'static str),
}

/// A number of seconds, printed with at most three decimals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Seconds(pub(crate) f64);

impl Eq for Seconds {}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (self.0 * 1000.0).round() / 1000.0;
        write!(f, "{rounded}")
    }
}

#[cfg(test)]
mod tests;
