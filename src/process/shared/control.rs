//! A slot for each child: the parent asks it there to stop, and it reports its progress there. Neither makes a system call.
//!
//! All children see all slots. What the parent writes, children can only read: it is mapped twice, once for the parent
//! alone. Each word is marked with the attempt that it is about, and the numbers of attempts never come again: what an
//! earlier user of a slot has left, or who has written over it, is about nobody.

use std::cell::Cell;
use std::fmt;

use nix::errno::Errno;

use super::deadlock::{self, Answer, Inquiry};
use super::memory::{OneWay, Shared, SharedMemory};
use super::pulse::{self, Pulse, Signs};
use super::sync::{AtomicU64, Ordering, fence, spin_loop};

/// How many children can have a slot at a time. One without a slot learns that it is to stop by SIGTERM.
const SLOTS: u32 = if cfg!(loom) { 2 } else { 4096 };
/// The longest text of a report, in words.
const TEXT: usize = if cfg!(loom) { 1 } else { 25 };
/// How often a report is read again that its writer is at.
const TRIES: u32 = if cfg!(loom) { 2 } else { 1000 };

#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Head(deadlock::Question);

/// What the parent tells a child.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Orders {
    /// The attempt that is asked to stop; with all bits turned round, the one that may go after its present job.
    asked: AtomicU64,
    /// The attempt whose time limit has changed while it ran.
    limited: AtomicU64,
    /// The end of that, in nanoseconds of the monotonic clock; `u64::MAX` for none.
    until: AtomicU64,
}

/// What a child tells its parent.
#[repr(C)]
#[cfg_attr(loom, derive(Default))]
#[derive(Debug)]
struct Reports {
    /// Odd while the child writes what follows.
    version: AtomicU64,
    /// The attempt that reports.
    reporter: AtomicU64,
    /// The bits of a float.
    fraction: AtomicU64,
    /// The length of the text in bytes.
    length: AtomicU64,
    text: [AtomicU64; TEXT],
    /// What a supervised worker shows of itself.
    pulse: pulse::Words,
    /// Whether it waits.
    deadlock: deadlock::Words,
}

// SAFETY: atomics, aligned to less than a page.
unsafe impl Shared for Head {}
// SAFETY: 64-bit atomics alone, in the order of C.
unsafe impl Shared for Orders {}
// SAFETY: as above.
unsafe impl Shared for Reports {}

/// The slots of all children of one process.
pub(crate) struct Control {
    orders: OneWay<Head>,
    reports: SharedMemory<Head>,
    free: Cell<Vec<u32>>,
    /// Slots from this one on were never used, and take no memory.
    unused: Cell<u32>,
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control").field("unused", &self.unused).finish_non_exhaustive()
    }
}

/// The slot of a child that is about to be forked, or that runs, as its parent has it.
#[derive(Debug)]
pub(crate) struct Place(SlotRef);

/// The same, as the child has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotRef {
    control: &'static Control,
    index: u32,
}

/// What an attempt has reported of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Report {
    /// From 0 to 1.
    pub(crate) fraction: f64,
    /// Empty if there was none.
    pub(crate) text: String,
}

/// What has become of the time limit of an attempt while it ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// It is what it was.
    Unchanged,
    /// There is none any more.
    Lifted,
    /// It ends then, in nanoseconds of the monotonic clock.
    Until(u64),
}

/// What stands for an attempt: small numbers, zeros and text are none.
pub(super) fn mark(attempt: u64) -> u64 {
    attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xa5a5_5a5a_c3c3_3c3c
}

impl Control {
    /// Maps the slots.
    ///
    /// # Errors
    ///
    /// ENOMEM.
    pub(crate) fn new() -> Result<Self, Errno> {
        let orders = OneWay::new(SLOTS as usize * size_of::<Orders>())?;
        let reports = SharedMemory::new(SLOTS as usize * size_of::<Reports>())?;
        Ok(Self { orders, reports, free: Cell::default(), unused: Cell::new(0) })
    }

    /// A slot that nobody has; `None` when all are taken.
    pub(crate) fn take(&'static self) -> Option<Place> {
        let mut free = self.free.take();
        let given_back = free.pop();
        self.free.set(free);
        let index = given_back.or_else(|| {
            let next = self.unused.get();
            self.unused.set(next.saturating_add(1).min(SLOTS));
            (next < SLOTS).then_some(next)
        })?;
        Some(Place(SlotRef { control: self, index }))
    }

    /// Asks all children whether they wait: see [`deadlock`].
    pub(crate) fn inquire(&self, inquiry: Inquiry) {
        self.orders.for_writing().head().0.ask(inquiry);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let SlotRef { control, index } = self.0;
        let mut free = control.free.take();
        free.push(index);
        control.free.set(free);
    }
}

impl Place {
    /// For the child.
    pub(crate) fn slot_ref(&self) -> SlotRef {
        self.0
    }

    /// Asks an attempt to stop.
    pub(crate) fn ask(&self, attempt: u64) {
        if let Some(orders) = self.orders() {
            orders.asked.store(mark(attempt), Ordering::Relaxed);
        }
    }

    /// Lets an attempt of a supervised worker go after its present job.
    pub(crate) fn relieve(&self, attempt: u64) {
        if let Some(orders) = self.orders() {
            orders.asked.store(!mark(attempt), Ordering::Relaxed);
        }
    }

    /// The time limit of an attempt that runs has changed: it ends then, in nanoseconds of the monotonic clock, or never.
    pub(crate) fn limit(&self, attempt: u64, until: Option<u64>) {
        if let Some(orders) = self.orders() {
            orders.until.store(until.unwrap_or(u64::MAX), Ordering::Relaxed);
            orders.limited.store(mark(attempt), Ordering::Release);
        }
    }

    /// What a supervised worker has shown last; `None` when it has not begun.
    pub(crate) fn pulse(&self, attempt: u64) -> Option<Pulse> {
        self.0.reports()?.pulse.read(mark(attempt))
    }

    /// What the child with this process id has answered to [`Control::inquire`] last.
    pub(crate) fn answer(&self, pid: i32) -> Option<Answer> {
        self.0.reports()?.deadlock.read(mark(pid.unsigned_abs().into()))
    }

    fn orders(&self) -> Option<&'static Orders> {
        let SlotRef { control, index } = self.0;
        control.orders.for_writing().at(index as usize * size_of::<Orders>())
    }

    /// What an attempt has reported last; `None` when it has not, or when that makes no sense.
    pub(crate) fn report(&self, attempt: u64) -> Option<Report> {
        let slot = self.0.reports()?;
        for _ in 0..TRIES {
            let version = slot.version.load(Ordering::Acquire);
            let reporter = slot.reporter.load(Ordering::Relaxed);
            let fraction = f64::from_bits(slot.fraction.load(Ordering::Relaxed));
            let length = slot.length.load(Ordering::Relaxed);
            let text: Vec<u8> =
                slot.text.iter().flat_map(|word| word.load(Ordering::Relaxed).to_le_bytes()).collect();
            // Whoever has seen a word of a later report sees its odd version, too.
            fence(Ordering::Acquire);
            if version % 2 == 1 || slot.version.load(Ordering::Relaxed) != version {
                spin_loop();
                continue;
            }
            let text = text.get(..usize::try_from(length).ok()?)?;
            let text = String::from_utf8_lossy(text).into_owned();
            let is_right = reporter == mark(attempt) && (0.0..=1.0).contains(&fraction);
            return is_right.then_some(Report { fraction, text });
        }
        None
    }
}

impl SlotRef {
    fn orders(self) -> Option<&'static Orders> {
        self.control.orders.for_reading().at(self.index as usize * size_of::<Orders>())
    }

    fn reports(self) -> Option<&'static Reports> {
        self.control.reports.at(self.index as usize * size_of::<Reports>())
    }

    /// Is this attempt to stop?
    pub(crate) fn is_asked(self, attempt: u64) -> bool {
        self.orders().is_some_and(|orders| orders.asked.load(Ordering::Relaxed) == mark(attempt))
    }

    /// May this attempt go after its present job?
    pub(crate) fn is_relieved(self, attempt: u64) -> bool {
        self.orders().is_some_and(|orders| orders.asked.load(Ordering::Relaxed) == !mark(attempt))
    }

    /// What the parent asks all its children.
    pub(crate) fn inquiry(self) -> Inquiry {
        self.control.orders.for_reading().head().0.get()
    }

    /// Answers that, as the process with this id.
    pub(crate) fn answer(self, pid: i32, answer: Answer) {
        if let Some(slot) = self.reports() {
            slot.deadlock.answer(mark(pid.unsigned_abs().into()), answer);
        }
    }

    /// When this attempt ends by its time limit, if that has changed while it ran.
    pub(crate) fn limit(self, attempt: u64) -> Limit {
        let orders = self.orders().filter(|orders| orders.limited.load(Ordering::Acquire) == mark(attempt));
        match orders.map(|orders| orders.until.load(Ordering::Relaxed)) {
            None => Limit::Unchanged,
            Some(u64::MAX) => Limit::Lifted,
            Some(until) => Limit::Until(until),
        }
    }

    /// This attempt is that of a supervised worker, which begins at `now`, in nanoseconds of the monotonic clock.
    pub(crate) fn begin_pulse(self, attempt: u64, now: u64) {
        if let Some(slot) = self.reports() {
            slot.pulse.begin(mark(attempt), now);
        }
    }

    /// The worker is alive, and PHP has so much memory from the system.
    pub(crate) fn beat(self, now: u64, bytes: u64) {
        if let Some(slot) = self.reports() {
            slot.pulse.beat(now, bytes);
        }
    }

    /// The worker has done so many jobs more. How many that are in all; 0 if there is no slot.
    pub(crate) fn add_jobs(self, jobs: u64) -> u64 {
        self.reports().map_or(0, |slot| slot.pulse.add_jobs(jobs))
    }

    /// This has happened to the worker. Async-signal-safe.
    pub(crate) fn sign(self, signs: Signs) {
        if let Some(slot) = self.reports() {
            slot.pulse.sign(signs);
        }
    }

    /// Reports how far this attempt is. Of a text that is too long the beginning is kept.
    pub(crate) fn report(self, attempt: u64, fraction: f64, text: &str) {
        let Some(slot) = self.reports() else {
            return;
        };
        let mut end = text.len().min(TEXT * size_of::<u64>());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = text.get(..end).unwrap_or_default();
        // A child that was killed in the middle has left it odd.
        let writing = slot.version.load(Ordering::Relaxed) | 1;
        slot.version.store(writing, Ordering::Relaxed);
        // No word of the report is seen before its odd version.
        fence(Ordering::Release);
        slot.reporter.store(mark(attempt), Ordering::Relaxed);
        slot.fraction.store(fraction.to_bits(), Ordering::Relaxed);
        slot.length.store(text.len() as u64, Ordering::Relaxed);
        for (word, bytes) in slot.text.iter().zip(text.as_bytes().chunks(size_of::<u64>())) {
            let mut whole = [0; size_of::<u64>()];
            whole.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
            word.store(u64::from_le_bytes(whole), Ordering::Relaxed);
        }
        slot.version.store(writing.wrapping_add(1), Ordering::Release);
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
