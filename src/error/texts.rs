//! The parts of messages that several of them have, or that depend on what has happened.

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::{Death, Limit, Message, Subject, Traces};
use crate::process::fork::Refused;
use crate::process::head_and_tail;
use crate::process::quota::MAX_CHILDREN;
use crate::process::wait::{Exit, Unended};
use crate::wire::frame::Malformed;
use crate::wire::report::LastError;

/// The most bytes of the last line of error output that a message quotes.
const LAST_LINE: usize = 300;

/// The name of a signal: `SIGKILL` for 9, `SIGRTMIN+1` for 35.
pub(crate) fn signal_name(number: i32) -> String {
    let real_time = || format!("SIGRTMIN+{}", number - libc::SIGRTMIN());
    Signal::try_from(number).map_or_else(|_| real_time(), |signal| signal.as_str().to_owned())
}

pub(super) fn death_text(death: &Death) -> String {
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

pub(super) fn threads_text(threads: usize) -> String {
    match threads {
        0 => String::new(),
        1 => "; a library in the parent has a thread, whose locks a child can inherit: use that library only in tasks".to_owned(),
        _ => format!(
            "; libraries in the parent have {threads} threads, whose locks a child can inherit: use those libraries only in tasks"
        ),
    }
}

pub(super) fn quoted_text(quoted: &[(Subject, String)], count: usize) -> String {
    let mut text: Vec<_> = quoted.iter().map(|(subject, failure)| format!("{subject}: {failure}")).collect();
    if count > quoted.len() {
        text.push(format!("and {} more", count - quoted.len()));
    }
    text.join("; ")
}

pub(super) fn ended_text(unended: Option<Unended>) -> String {
    unended.map_or_else(
        || "was ended; raise timeout() or make the task shorter".to_owned(),
        |unended| unended.to_string(),
    )
}

pub(super) fn unended_text(unended: Option<Unended>) -> String {
    unended.map_or_else(String::new, |unended| format!(", but {unended}"))
}

pub(super) fn traces_text(traces: &Traces) -> String {
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

pub(super) fn what(type_name: &str, path: &str) -> String {
    if path.is_empty() {
        format!("a value of type {type_name}")
    } else {
        format!("{type_name} at $result{path}")
    }
}

pub(super) fn part_text(type_name: &str, path: &str) -> String {
    if path.is_empty() {
        format!("a value of type {type_name}")
    } else {
        format!("{type_name} at $value{path}")
    }
}

pub(super) fn message_part(type_name: &str, path: &str) -> String {
    if path.is_empty() {
        format!("of type {type_name}")
    } else {
        format!("with {type_name} at $message{path}")
    }
}

pub(super) fn closer_text(by: u32) -> String {
    match by {
        0 => String::new(),
        by if by == std::process::id() => " by this process".to_owned(),
        by => format!(" by process {by}"),
    }
}

pub(super) fn deserted_text(message: Message, capacity: u32) -> String {
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

pub(super) fn gone_text(pid: Option<i32>) -> String {
    pid.map_or_else(
        || "a process ended, or gave up,".to_owned(),
        |pid| format!("process {pid} ended, or gave up,"),
    )
}

pub(super) fn lost_text(message: Message) -> &'static str {
    match message {
        Message::Sent => "sent",
        Message::Received => "received",
    }
}

pub(super) fn malformed_text(why: &Malformed) -> String {
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

pub(super) fn limit_text(limit: &Limit) -> String {
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

pub(super) fn no_worker_text(refused: Refused) -> String {
    if refused.call == MAX_CHILDREN {
        return format!("{MAX_CHILDREN} is reached; raise it, or let other children end first");
    }
    format!("{}() failed: {}; {}", refused.call, refused.errno.desc(), remedy(refused))
}

/// Advice for a failed fork, or another failed call.
pub(super) fn remedy(refused: Refused) -> &'static str {
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
