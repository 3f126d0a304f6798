//! Everything that can go wrong with a task, and the messages for it. `exceptions.rs` has the table from these errors
//! to PHP exceptions.

use std::fmt;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use crate::process::fork::Refused;
use crate::process::head_and_tail;
use crate::process::quota::MAX_CHILDREN;
use crate::process::wait::{Exit, Unended};
use crate::wire::frame::Malformed;
use crate::wire::report::LastError;

/// The most bytes of the last line of error output that a message quotes.
const LAST_LINE: usize = 300;

/// The name of a task in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    /// Its key in its pool.
    Key(String),
    /// Its key in its pool, if that is an integer.
    Index(i64),
    /// Its number in this process, for a task outside of a pool.
    Number(u64),
}

impl Label {
    /// The name without quotes or brackets, for programs.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Index(index) => index.to_string(),
            Self::Number(number) => format!("#{number}"),
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "\"{key}\""),
            Self::Index(index) => write!(f, "[{index}]"),
            Self::Number(number) => write!(f, "#{number}"),
        }
    }
}

/// The task that an error is about: `task "key" (pid 123)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The name of the task.
    pub(crate) label: Label,
    /// The id of the task's process, if it ever had one.
    pub(crate) pid: Option<i32>,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "task {} (pid {pid})", self.label),
            None => write!(f, "task {}", self.label),
        }
    }
}

/// What is known about the death of a process, in addition to its exit status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Traces {
    /// The last lines of the task's error output, if that was captured.
    pub(crate) error_output: Option<Vec<u8>>,
    /// The kernel's OOM killer has killed some process, probably this one.
    pub(crate) memory_killer: bool,
}

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

/// How a process died that was to return a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// The task called `exit` with this status.
    Exited(i32),
    /// PHP ended the task by a fatal error.
    Fatal(LastError),
    /// The process is gone, and has sent no complete result.
    Gone {
        /// How the process ended.
        exit: Exit,
        /// Whether the process had begun to send its result.
        writing: bool,
    },
    /// The extension itself failed in the child; the message of the panic.
    Panicked(String),
}

/// A process that holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its id.
    pub(crate) pid: i32,
    /// It is the process that reports this.
    pub(crate) own: bool,
    /// The task that it runs, where that is known.
    pub(crate) task: Option<Label>,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.task, self.own) {
            (Some(task), _) => write!(f, "task {task} (pid {})", self.pid),
            (None, true) => write!(f, "this process (pid {})", self.pid),
            (None, false) => write!(f, "the process {}", self.pid),
        }
    }
}

/// What can go wrong with what processes share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum LockError {
    /// It was not free within the time.
    #[error("{what} was not free within {limit} s{}", holders_text(.holders))]
    GaveUp {
        /// What was waited for.
        what: &'static str,
        /// The time limit in seconds.
        limit: Seconds,
        /// Who holds it.
        holders: Vec<Holder>,
    },
    /// A process that holds a lock wants it once more.
    #[error(
        "this process (pid {pid}) holds {what} already, and would wait for itself for ever; release it first"
    )]
    HeldAlready {
        /// What is held.
        what: &'static str,
        /// The process.
        pid: i32,
    },
    /// A process that holds all permits of a semaphore wants one more.
    #[error(
        "this process (pid {pid}) holds all permits of the semaphore ({permits}) already, and would wait for itself \
         for ever; release one first"
    )]
    AllHeld {
        /// The process.
        pid: i32,
        /// How many there are.
        permits: usize,
    },
    /// A process gives back what it does not hold.
    #[error("this process (pid {pid}) cannot release {what}: {}; acquire it first", not_held_text(.holder.as_ref()))]
    NotHeld {
        /// What is not held.
        what: &'static str,
        /// The process.
        pid: i32,
        /// Who holds it.
        holder: Option<Holder>,
    },
    /// A process gives a permit back that it does not hold.
    #[error("this process (pid {pid}) cannot release the semaphore: it holds no permit; acquire one first")]
    NoPermit {
        /// The process.
        pid: i32,
    },
    /// There is no memory to share.
    #[error("there is no shared memory of {bytes} bytes: mmap() failed: {}", .errno.desc())]
    NoMemory {
        /// How much was wanted.
        bytes: usize,
        /// The error of the kernel.
        errno: Errno,
    },
    /// A value has no room.
    #[error(
        "the value takes {bytes} bytes, and there is room for {room}; make the Async\\Shared with more bytes"
    )]
    TooLarge {
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        room: usize,
    },
    /// A shared value makes no sense.
    #[error("the shared value cannot be read: {reason}; some task writes over memory that is not its own")]
    Garbled {
        /// The reason, as given by the decoder.
        reason: String,
    },
}

fn holders_text(holders: &[Holder]) -> String {
    let named: Vec<_> = holders.iter().take(8).map(ToString::to_string).collect();
    match (&named[..], holders.len()) {
        ([], _) => String::new(),
        (_, count) if count > named.len() => {
            format!(": {} and {} others hold it", named.join(", "), count - named.len())
        }
        ([one], _) => format!(": {one} holds it"),
        (named, _) => format!(": {} hold it", named.join(", ")),
    }
}

fn not_held_text(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "nobody holds it".to_owned(), |holder| format!("{holder} holds it"))
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
        "the channel's shared memory was written over by some process, or an extension that one uses: what was in it is          lost, the channel works on"
    )]
    ChannelGarbled,
    /// A message arrived whole, but is no value here.
    #[error("a message was received that cannot be read: {reason}")]
    UnreadableMessage {
        /// The reason, as given by the decoder.
        reason: String,
    },
    /// No message came in time.
    #[error("no message within {limit} s")]
    NoMessage {
        /// The time limit in seconds.
        limit: Seconds,
    },
    /// No room came in time.
    #[error(
        "no room for a message within {limit} s: the channel holds {capacity}, and nobody has received one"
    )]
    NoRoomInChannel {
        /// The time limit in seconds.
        limit: Seconds,
        /// How many messages fit into the channel.
        capacity: u32,
    },
    /// Another process was using the channel all the time.
    #[error(
        "the channel was in use by another process for {limit} s: one is in the middle of a message, and does not go on"
    )]
    NoTurnInChannel {
        /// The time limit in seconds.
        limit: Seconds,
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

/// The name of a signal: `SIGKILL` for 9, `SIGRTMIN+1` for 35.
pub(crate) fn signal_name(number: i32) -> String {
    let real_time = || format!("SIGRTMIN+{}", number - libc::SIGRTMIN());
    Signal::try_from(number).map_or_else(|_| real_time(), |signal| signal.as_str().to_owned())
}

fn death_text(death: &Death) -> String {
    match death {
        Death::Exited(code) => format!("called exit({code}) and gave no value; return a value instead"),
        Death::Fatal(error) if error.file.is_empty() => format!("ended by a fatal error: {}", error.message),
        Death::Fatal(LastError { message, file, line }) => {
            format!("ended by a fatal error: {message} in {file}:{line}")
        }
        Death::Gone { exit, writing } => {
            let when = if *writing { "while it wrote its result" } else { "before it gave a result" };
            match exit {
                Exit::Code(code) => format!("ended with exit code {code} {when}"),
                Exit::Signal { number, core } => {
                    let core = if *core { ", core dumped" } else { "" };
                    format!("was killed by signal {number} ({}{core}) {when}", signal_name(*number))
                }
                Exit::Unknown => format!("ended {when}; something else in this process took its exit status"),
                Exit::Unended(why) => why.to_string(),
            }
        }
        Death::Panicked(message) => format!("ended by an internal error of the async extension: {message}"),
    }
}

fn threads_text(threads: usize) -> String {
    match threads {
        0 => String::new(),
        1 => "; a library in the parent has a thread, whose locks a child can inherit: use that library only in tasks".to_owned(),
        _ => format!(
            "; libraries in the parent have {threads} threads, whose locks a child can inherit: use those libraries only in tasks"
        ),
    }
}

fn quoted_text(quoted: &[(Subject, String)], count: usize) -> String {
    let mut text: Vec<_> = quoted.iter().map(|(subject, failure)| format!("{subject}: {failure}")).collect();
    if count > quoted.len() {
        text.push(format!("and {} more", count - quoted.len()));
    }
    text.join("; ")
}

fn ended_text(unended: Option<Unended>) -> String {
    unended.map_or_else(
        || "was ended; raise timeout() or make the task shorter".to_owned(),
        |unended| unended.to_string(),
    )
}

fn unended_text(unended: Option<Unended>) -> String {
    unended.map_or_else(String::new, |unended| format!(", but {unended}"))
}

fn traces_text(traces: &Traces) -> String {
    let mut text = String::new();
    if traces.memory_killer {
        text.push_str(
            "; it was probably the kernel, for want of memory: let fewer tasks run at once, or give them more memory",
        );
    }
    let last = head_and_tail::last_lines(traces.error_output.as_deref().unwrap_or_default(), 1, LAST_LINE);
    if !last.is_empty() {
        text.push_str("; the last line of its error output: ");
        text.push_str(&String::from_utf8_lossy(last));
    }
    text
}

fn what(type_name: &str, path: &str) -> String {
    if path.is_empty() {
        format!("a value of type {type_name}")
    } else {
        format!("{type_name} at $result{path}")
    }
}

fn part_text(type_name: &str, path: &str) -> String {
    if path.is_empty() {
        format!("a value of type {type_name}")
    } else {
        format!("{type_name} at $value{path}")
    }
}

fn message_part(type_name: &str, path: &str) -> String {
    if path.is_empty() {
        format!("of type {type_name}")
    } else {
        format!("with {type_name} at $message{path}")
    }
}

fn closer_text(by: u32) -> String {
    match by {
        0 => String::new(),
        by if by == std::process::id() => " by this process".to_owned(),
        by => format!(" by process {by}"),
    }
}

fn deserted_text(message: Message, capacity: u32) -> String {
    match message {
        Message::Received => {
            "no message can be received: no other process is there that could send one; those that had the \
                              channel have ended, or were forked before it was made"
                .to_owned()
        }
        Message::Sent => format!(
            "no message can be sent: {capacity} are in the channel already, and no other process is there that could receive \
             one; those that had the channel have ended, or were forked before it was made"
        ),
    }
}

fn gone_text(pid: Option<i32>) -> String {
    pid.map_or_else(
        || "a process ended, or gave up,".to_owned(),
        |pid| format!("process {pid} ended, or gave up,"),
    )
}

fn lost_text(message: Message) -> &'static str {
    match message {
        Message::Sent => "sent",
        Message::Received => "received",
    }
}

fn malformed_text(why: &Malformed) -> String {
    match why {
        Malformed::Header | Malformed::Footer => {
            "wrote something that is no result to the descriptor of its result".to_owned()
        }
        Malformed::TooLong { length, limit } => {
            format!("gave a result of {length} bytes, more than async.max_result={limit} allows")
        }
        Malformed::Foreign => {
            "told the outcome of a task that it had not been given: some task writes over memory that is not its own".to_owned()
        }
        Malformed::Overwritten => "shares memory with its parent over which somebody has written: a task of the pool, or an extension \
                                   that one uses"
            .to_owned(),
        Malformed::NoMemory { length } => {
            format!("gave a result of {length} bytes, for which there is no memory")
        }
    }
}

fn limit_text(limit: &Limit) -> String {
    match limit {
        Limit::Memory { wanted, used } => format!(
            "its memory_limit of {wanted} is less than the {used} bytes that it has from its parent; raise memoryLimit(), \
             or start it before the parent has so much"
        ),
        Limit::Nice { increment, errno } => format!(
            "nice({increment}) failed: {}; a higher priority needs CAP_SYS_NICE or a higher RLIMIT_NICE",
            errno.desc()
        ),
    }
}

fn no_worker_text(refused: Refused) -> String {
    if refused.call == MAX_CHILDREN {
        return format!("{MAX_CHILDREN} is reached; raise it, or let other children end first");
    }
    format!("{}() failed: {}; {}", refused.call, refused.errno.desc(), remedy(refused))
}

/// Advice for a failed fork, or another failed call.
fn remedy(refused: Refused) -> &'static str {
    match refused.errno {
        _ if refused.call == "pthread_create" => {
            "the limit of processes and threads is probably reached (ulimit -u, or pids.max of the control group); \
             async.notifier=signal does without a thread"
        }
        Errno::EAGAIN => "the limit of processes is reached (ulimit -u, or pids.max of the control group)",
        Errno::ENOMEM => "there is not enough memory",
        Errno::EMFILE => "the limit of open files is reached (ulimit -n)",
        Errno::ENFILE => "the limit of open files of the system is reached",
        _ => "the system refused",
    }
}

/// The name of the resource limit that a failed fork has reached.
pub(crate) fn limit_name(errno: Errno) -> Option<&'static str> {
    match errno {
        Errno::EAGAIN => Some("RLIMIT_NPROC"),
        Errno::EMFILE => Some("RLIMIT_NOFILE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject { label: Label::Key("a".into()), pid: Some(7) }
    }

    #[test]
    fn a_death_names_task_pid_and_cause() {
        let error = Error::Died {
            subject: subject(),
            death: Death::Gone { exit: Exit::Signal { number: 11, core: true }, writing: false },
            traces: Traces::default(),
        };
        assert_eq!(
            error.to_string(),
            "task \"a\" (pid 7) was killed by signal 11 (SIGSEGV, core dumped) before it gave a result"
        );
    }

    #[test]
    fn a_death_tells_what_it_left() {
        let error = Error::Died {
            subject: subject(),
            death: Death::Gone { exit: Exit::Signal { number: 9, core: false }, writing: false },
            traces: Traces { error_output: Some(b"one\ntwo\n".to_vec()), memory_killer: true },
        };
        assert_eq!(
            error.to_string(),
            "task \"a\" (pid 7) was killed by signal 9 (SIGKILL) before it gave a result; it was probably the kernel, \
             for want of memory: let fewer tasks run at once, or give them more memory; the last line of its error \
             output: two"
        );
    }

    #[test]
    fn no_death_is_without_words() {
        let exits =
            (0..256).map(Exit::Code).chain((1..65).map(|number| Exit::Signal { number, core: false }));
        for exit in exits.chain([Exit::Unknown]) {
            for writing in [false, true] {
                let text = death_text(&Death::Gone { exit, writing });
                assert!(text.len() > 20, "{text}");
            }
        }
    }

    #[test]
    fn a_path_is_shown_where_there_is_one() {
        assert_eq!(what("Closure", ""), "a value of type Closure");
        assert_eq!(what("Closure", "[0]->f"), "Closure at $result[0]->f");
    }
}
