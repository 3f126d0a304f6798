//! php.ini: the entries, their checks, and the values in force. Set at MINIT and by `ini_set`.

use std::ffi::{CStr, c_int};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::pool::place::Place;
use crate::process::cpus;
use crate::process::poller::notifier::Means;
use crate::zend::ini;

/// What an entry takes. Its value in force is kept as 64 bits: a number, the bits of a float, or 0 and 1.
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
    /// Only php.ini and the command line may set it.
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
static IDLE_TIMEOUT: Setting = Setting::new(c"async.idle_timeout", c"5", false, Rule::Seconds);
static RESEED: Setting = Setting::new(c"async.reseed", c"1", false, Rule::Switch);
static AT_EXIT: Setting = Setting::new(c"async.at_exit", c"wait", false, Rule::Choice(&["wait", "kill"]));
static HUGE_PAGES: Setting = Setting::new(c"async.huge_pages", c"1", false, Rule::Switch);
static UNSUPPORTED: Setting =
    Setting::new(c"async.unsupported", c"throw", true, Rule::Choice(&["throw", "sync"]));

static NOTIFIER: Setting =
    Setting::new(c"async.notifier", c"thread", true, Rule::Choice(&["thread", "signal"]));

static HANDLERS: Setting =
    Setting::new(c"async.handlers", c"scope", false, Rule::Choice(&["scope", "anywhere", "await"]));

static ALL: [&Setting; 14] = [
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
];

/// Registers all entries. MINIT.
pub(crate) fn register(module_number: c_int) {
    ini::register(
        ALL.iter().map(|setting| (setting.name, setting.default, setting.system)),
        accept,
        module_number,
    );
}

/// `async.short_names`: the names outside the namespace exist too.
pub(crate) fn short_names() -> bool {
    SHORT_NAMES.get() != 0
}

/// `async.concurrency`: tasks of one pool that may run at once. Work waits as often as it computes, hence twice the
/// CPUs.
pub(crate) fn concurrency() -> usize {
    match usize::try_from(CONCURRENCY.get()).unwrap_or(usize::MAX) {
        0 => (2 * cpus::usable()).max(8),
        set => set,
    }
}

/// `async.max_children`: children that this process and all its descendants may have together; 0 for no cap.
pub(crate) fn max_children() -> u64 {
    MAX_CHILDREN.get()
}

/// `async.timeout`: seconds that a task may run; none for no limit.
pub(crate) fn timeout() -> Option<f64> {
    Some(f64::from_bits(TIMEOUT.get())).filter(|&seconds| seconds > 0.0)
}

/// `async.kill_grace`: the time from SIGTERM to SIGKILL.
pub(crate) fn kill_grace() -> Duration {
    Duration::try_from_secs_f64(f64::from_bits(KILL_GRACE.get())).unwrap_or(Duration::MAX)
}

/// `async.max_result`: bytes that a result may have on its way; 0 for no limit.
pub(crate) fn max_result() -> u64 {
    MAX_RESULT.get()
}

/// `async.max_output`: bytes of captured output that are kept of each stream; 0 for all.
pub(crate) fn max_output() -> u64 {
    MAX_OUTPUT.get()
}

/// `async.idle_timeout`: how long a worker waits for its next task; none for ever.
pub(crate) fn idle_timeout() -> Option<Duration> {
    let timeout = Duration::try_from_secs_f64(f64::from_bits(IDLE_TIMEOUT.get())).ok()?;
    Some(timeout).filter(|timeout| !timeout.is_zero())
}

/// `async.reseed`: each child has random numbers of its own.
pub(crate) fn reseed() -> bool {
    RESEED.get() != 0
}

/// `async.huge_pages`: a large heap is put into huge pages when forks have paid for it.
pub(crate) fn huge_pages() -> bool {
    HUGE_PAGES.get() != 0
}

/// `async.handlers`: where handlers run.
pub(crate) fn handlers() -> Place {
    match HANDLERS.get() {
        0 => Place::Scope,
        1 => Place::Anywhere,
        _ => Place::Await,
    }
}

/// `async.at_exit=kill`: the end of the script ends what runs, instead of waiting for it.
pub(crate) fn kill_at_exit() -> bool {
    AT_EXIT.get() != 0
}

/// `async.unsupported=sync`: where forking is no option, tasks run in the process itself.
pub(crate) fn sync_when_unsupported() -> bool {
    UNSUPPORTED.get() != 0
}

/// `async.notifier`: how the script is told that a child has news.
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

/// A number of bytes, with K, M or G behind it or without.
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
