//! The php.ini entries: their checks, and their current values, which MINIT and `ini_set()` set.

use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::pool::place::Place;
use crate::process::cpus;
use crate::process::poller::notifier::Means;
use crate::zend::ini;

/// The values that an entry accepts. The current value is stored as 64 bits: a number, the bits of a float, or 0 and 1.
#[derive(Clone, Copy, Debug)]
enum Rule {
    Switch,
    Count,
    Bytes,
    Seconds,
    Choice(&'static [&'static str]),
}

#[derive(Debug)]
struct Setting {
    name: &'static CStr,
    default: &'static CStr,
    /// Whether only php.ini and the command line may set it, not `ini_set()`.
    system: bool,
    rule: Rule,
    value: AtomicU64,
}

impl Setting {
    const fn new(name: &'static CStr, default: &'static CStr, system: bool, rule: Rule) -> Self {
        Self { name, default, system, rule, value: AtomicU64::new(0) }
    }

    fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }
}

static SHORT_NAMES: Setting = Setting::new(c"async.short_names", c"1", true, Rule::Switch);
static CONCURRENCY: Setting = Setting::new(c"async.concurrency", c"0", false, Rule::Count);
static MAX_CHILDREN: Setting = Setting::new(c"async.max_children", c"0", true, Rule::Count);
static TIMEOUT: Setting = Setting::new(c"async.timeout", c"0", false, Rule::Seconds);
static KILL_GRACE: Setting = Setting::new(c"async.kill_grace", c"1.0", false, Rule::Seconds);
static MAX_RESULT: Setting = Setting::new(c"async.max_result", c"0", false, Rule::Bytes);
static MAX_OUTPUT: Setting = Setting::new(c"async.max_output", c"1M", false, Rule::Bytes);
static IDLE_TIMEOUT: Setting = Setting::new(c"async.idle_timeout", c"2", false, Rule::Seconds);
static RESEED: Setting = Setting::new(c"async.reseed", c"1", false, Rule::Switch);
static AT_EXIT: Setting = Setting::new(c"async.at_exit", c"wait", false, Rule::Choice(&["wait", "kill"]));
static HUGE_PAGES: Setting = Setting::new(c"async.huge_pages", c"1", false, Rule::Switch);
static UNSUPPORTED: Setting =
    Setting::new(c"async.unsupported", c"throw", true, Rule::Choice(&["throw", "sync"]));

static MODE: Setting = Setting::new(c"async.mode", c"process", false, Rule::Choice(&["process", "sync"]));

static NOTIFIER: Setting =
    Setting::new(c"async.notifier", c"thread", true, Rule::Choice(&["thread", "signal"]));

static HANDLERS: Setting =
    Setting::new(c"async.handlers", c"scope", false, Rule::Choice(&["scope", "anywhere", "await"]));

static ALL: [&Setting; 15] = [
    &SHORT_NAMES,
    &CONCURRENCY,
    &MAX_CHILDREN,
    &TIMEOUT,
    &KILL_GRACE,
    &MAX_RESULT,
    &MAX_OUTPUT,
    &IDLE_TIMEOUT,
    &RESEED,
    &HUGE_PAGES,
    &AT_EXIT,
    &NOTIFIER,
    &UNSUPPORTED,
    &HANDLERS,
    &MODE,
];

/// Registers all entries. MINIT.
pub(crate) fn register(module_number: c_int) {
    ini::register(
        ALL.iter().map(|setting| (setting.name, setting.default, setting.system)),
        accept,
        module_number,
    );
}

/// `async.short_names`: whether the names in the global namespace exist, too.
pub(crate) fn short_names() -> bool {
    SHORT_NAMES.get() != 0
}

/// `async.concurrency`: how many tasks of one pool may run at once. The default is twice the number of CPUs, as tasks
/// typically wait about as much as they compute.
pub(crate) fn concurrency() -> usize {
    match usize::try_from(CONCURRENCY.get()).unwrap_or(usize::MAX) {
        0 => (2 * cpus::usable()).max(8),
        set => set,
    }
}

/// `async.max_children`: how many children this process and all its descendants may have in total; 0 for no limit.
pub(crate) fn max_children() -> u64 {
    MAX_CHILDREN.get()
}

/// `async.timeout`: how many seconds a task may run; `None` for no limit.
pub(crate) fn timeout() -> Option<f64> {
    Some(f64::from_bits(TIMEOUT.get())).filter(|&seconds| seconds > 0.0)
}

/// `async.kill_grace`: the time from SIGTERM to SIGKILL.
pub(crate) fn kill_grace() -> Duration {
    Duration::try_from_secs_f64(f64::from_bits(KILL_GRACE.get())).unwrap_or(Duration::MAX)
}

/// `async.max_result`: the maximum length in bytes of an encoded result; 0 for no limit.
pub(crate) fn max_result() -> u64 {
    MAX_RESULT.get()
}

/// `async.max_output`: how many bytes of captured output are kept of each stream; 0 for all.
pub(crate) fn max_output() -> u64 {
    MAX_OUTPUT.get()
}

/// `async.idle_timeout`: how long an idle worker waits for its next task; `None` for ever.
pub(crate) fn idle_timeout() -> Option<Duration> {
    let timeout = Duration::try_from_secs_f64(f64::from_bits(IDLE_TIMEOUT.get())).ok()?;
    Some(timeout).filter(|timeout| !timeout.is_zero())
}

/// `async.reseed`: whether each child gets its own seeds of random numbers.
pub(crate) fn reseed() -> bool {
    RESEED.get() != 0
}

/// `async.huge_pages`: whether a large heap is moved to huge pages after enough forks.
pub(crate) fn huge_pages() -> bool {
    HUGE_PAGES.get() != 0
}

/// `async.handlers`: at which points of the script handlers run.
pub(crate) fn handlers() -> Place {
    match HANDLERS.get() {
        0 => Place::Scope,
        1 => Place::Anywhere,
        _ => Place::Await,
    }
}

/// `async.at_exit=kill`: whether the end of the script terminates running tasks, instead of waiting for them.
pub(crate) fn kill_at_exit() -> bool {
    AT_EXIT.get() != 0
}

/// `async.unsupported=sync`: whether tasks run in the script's own process where forking is not supported.
pub(crate) fn sync_when_unsupported() -> bool {
    UNSUPPORTED.get() != 0
}

/// `async.mode=sync`: whether tasks run in the script's own process, although there could be children.
pub(crate) fn sync() -> bool {
    MODE.get() != 0
}

/// `async.notifier`: by which means the VM is interrupted when a child has reported something.
pub(crate) fn notifier() -> Means {
    if NOTIFIER.get() == 0 { Means::Thread } else { Means::Signal }
}

fn accept(index: usize, text: &str) -> Result<(), String> {
    let Some(setting) = ALL.get(index) else {
        return Ok(());
    };
    let value = parse(setting.rule, text).ok_or_else(|| expected(setting.rule))?;
    setting.value.store(value, Ordering::Relaxed);
    Ok(())
}

fn parse(rule: Rule, text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    match rule {
        Rule::Switch => match lower.as_str() {
            "1" | "on" | "yes" | "true" => Some(1),
            "" | "0" | "off" | "no" | "false" => Some(0),
            _ => None,
        },
        Rule::Count => lower.parse().ok(),
        Rule::Bytes => bytes(&lower),
        Rule::Seconds => {
            let seconds: f64 = lower.parse().ok()?;
            (seconds.is_finite() && seconds >= 0.0).then(|| seconds.to_bits())
        }
        Rule::Choice(words) => (0..).zip(words).find(|(_, word)| **word == lower).map(|(number, _)| number),
    }
}

/// Parses a number of bytes, with the suffix K, M or G or without one.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let (digits, factor) = match text.as_bytes().last()? {
        b'k' | b'K' => (text.get(..text.len() - 1)?, 1 << 10),
        b'm' | b'M' => (text.get(..text.len() - 1)?, 1 << 20),
        b'g' | b'G' => (text.get(..text.len() - 1)?, 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

fn expected(rule: Rule) -> String {
    match rule {
        Rule::Switch => "0 or 1".into(),
        Rule::Count => "a whole number greater than or equal to 0".into(),
        Rule::Bytes => "a number of bytes greater than or equal to 0, such as 64M".into(),
        Rule::Seconds => "a number of seconds greater than or equal to 0".into(),
        Rule::Choice(words) => format!("\"{}\"", words.join("\" or \"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_suffixes() {
        assert_eq!(parse(Rule::Bytes, "64M"), Some(64 << 20));
        assert_eq!(parse(Rule::Bytes, "2g"), Some(2 << 30));
        assert_eq!(parse(Rule::Bytes, "17"), Some(17));
        assert_eq!(parse(Rule::Bytes, "-1"), None);
        assert_eq!(parse(Rule::Bytes, "lots"), None);
    }

    #[test]
    fn seconds_are_finite_and_not_negative() {
        assert_eq!(parse(Rule::Seconds, "0.5"), Some(0.5f64.to_bits()));
        assert_eq!(parse(Rule::Seconds, "-1"), None);
        assert_eq!(parse(Rule::Seconds, "inf"), None);
    }

    #[test]
    fn words_in_any_case() {
        assert_eq!(parse(Rule::Choice(&["wait", "kill"]), "Kill"), Some(1));
        assert_eq!(parse(Rule::Choice(&["wait", "kill"]), "die"), None);
        assert_eq!(parse(Rule::Switch, "Off"), Some(0));
        assert_eq!(parse(Rule::Switch, "maybe"), None);
    }
}
