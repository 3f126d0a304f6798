//! Which processes of a tree are there, and which of them can have what one of them has made before it forked: so that
//! nobody waits for a message that no process is left to send.
//!
//! A table in shared memory has an entry for each process that was forked since the first channel was made, by whatever
//! code: a handler of `fork` takes one before, and the child fills it in. Each entry names the ancestors, with numbers
//! that only grow; channels get numbers of the same kind. So a process has a channel if it is its maker, or descends from
//! it by a fork that came after the channel.
//!
//! What the table says is relied on for how long to wait, and for nothing else: a task that writes over it can make
//! others wait longer, or give up.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use nix::time::{ClockId, clock_gettime};
use nix::unistd::{getpid, getppid};

use super::identity::Process;

/// Processes that can be told at a time.
const ENTRIES: usize = 2048;
/// Ancestors that are named, the nearest first.
const LINE: usize = 5;
/// In place of the number: the entry is being filled in.
const TAKEN: u64 = u64::MAX;
/// Flag in an entry's process: a fork is under way. The rest of the word is when it began, in milliseconds.
const FORKING: u64 = 1 << 63;
/// How many processes a message names.
const NAMED: usize = 5;
/// A fork takes no longer.
const FORK: u64 = 2000;

#[repr(C, align(64))]
#[derive(Debug)]
struct Entry {
    /// The number of the process; 0 for a free entry.
    id: AtomicU64,
    /// The process, packed; or [`FORKING`].
    process: AtomicU64,
    /// The process id of the script at whose end it says whether it waits; 0 if it belongs to none: see
    /// [`super::shared::deadlock`].
    script: AtomicU64,
    /// 1 if it is a warm worker: when its parent has nothing for it to do, it does nothing.
    warm: AtomicU64,
    line: [AtomicU64; LINE],
}

#[repr(C)]
#[derive(Debug)]
struct Table {
    /// The latest number that was given.
    latest: AtomicU64,
    /// Entries from here on were never used.
    used: AtomicUsize,
    /// 1 once there was no entry for a process: nobody knows any more which ones are there.
    lost_count: AtomicU64,
    entries: [Entry; ENTRIES],
}

/// The table of this tree of processes; not set before there is a channel.
static TABLE: OnceLock<&'static Table> = OnceLock::new();
/// The number of this process; 0 before there is a table.
static OWN: AtomicU64 = AtomicU64::new(0);
/// The numbers of its ancestors.
static ANCESTORS: [AtomicU64; LINE] = [const { AtomicU64::new(0) }; LINE];
/// The entry of this process, and that of the child that is being forked; `usize::MAX` for none.
static OWN_ENTRY: AtomicUsize = AtomicUsize::new(usize::MAX);
static CHILDS_ENTRY: AtomicUsize = AtomicUsize::new(usize::MAX);
/// The process that forks, packed.
static PARENT: AtomicU64 = AtomicU64::new(0);
/// How often this process, and those that it was forked from, have forked since there is a table.
static FORKS: AtomicU64 = AtomicU64::new(0);
/// The process id of the script that this process is a task of, or a task of a task; 0 for none.
static SCRIPT: AtomicU64 = AtomicU64::new(0);
/// The same of the process that it was forked from.
static PARENTS_SCRIPT: AtomicU64 = AtomicU64::new(0);
/// Whether forks are to be noted.
static COUNTS: AtomicBool = AtomicBool::new(false);

/// The number of something that is made now, and that processes have which are forked from now on. 0 if there is no
/// memory for a table: then everything counts as held elsewhere.
pub(crate) fn birth() -> u64 {
    let Some(table) = TABLE.get().copied().or_else(begin) else {
        return 0;
    };
    table.latest.fetch_add(1, Ordering::AcqRel) + 1
}

#[cold]
fn begin() -> Option<&'static Table> {
    let (read_write, shared) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_SHARED | libc::MAP_ANONYMOUS);
    // SAFETY: new memory, at an address of the kernel's choice.
    let memory = unsafe { libc::mmap(std::ptr::null_mut(), size_of::<Table>(), read_write, shared, -1, 0) };
    if memory == libc::MAP_FAILED {
        return None;
    }
    // SAFETY: mapped just now with room for it, zeroed, aligned to a page, and never unmapped; it consists of atomics.
    let table: &'static Table = unsafe { &*memory.cast::<Table>() };
    let at = table.take()?;
    if let Some(entry) = table.entries.get(at) {
        OWN.store(entry.id.load(Ordering::Relaxed), Ordering::Relaxed);
        OWN_ENTRY.store(at, Ordering::Relaxed);
        entry.script.store(SCRIPT.load(Ordering::Relaxed), Ordering::Relaxed);
        entry.process.store(Process::own().packed(), Ordering::Release);
    }
    let table = TABLE.get_or_init(|| table);
    COUNTS.store(true, Ordering::Release);
    Some(table)
}

/// Before a fork, by whatever code.
pub(super) fn before_fork() {
    if !COUNTS.load(Ordering::Acquire) {
        return;
    }
    let at = TABLE.get().and_then(|table| table.take()).unwrap_or(usize::MAX);
    PARENT.store(Process::own().packed(), Ordering::Relaxed);
    FORKS.fetch_add(1, Ordering::Relaxed);
    CHILDS_ENTRY.store(at, Ordering::Relaxed);
}

/// In the child, after that. Async-signal-safe.
pub(super) fn in_child() {
    PARENTS_SCRIPT.store(SCRIPT.swap(0, Ordering::Relaxed), Ordering::Relaxed);
    if !COUNTS.load(Ordering::Acquire) {
        return;
    }
    for at in (1..LINE).rev() {
        let nearer = ANCESTORS.get(at - 1).map_or(0, |id| id.load(Ordering::Relaxed));
        ANCESTORS.get(at).inspect(|id| id.store(nearer, Ordering::Relaxed));
    }
    ANCESTORS[0].store(OWN.load(Ordering::Relaxed), Ordering::Relaxed);
    let at = CHILDS_ENTRY.load(Ordering::Relaxed);
    OWN_ENTRY.store(at, Ordering::Relaxed);
    let Some(entry) = entry_at(at) else {
        OWN.store(TAKEN, Ordering::Relaxed);
        return;
    };
    OWN.store(entry.id.load(Ordering::Relaxed), Ordering::Relaxed);
    // SAFETY: async-signal-safe, and cannot fail.
    let pid = unsafe { libc::getpid() };
    // Without its start time, which takes a file to find out.
    let parent = Process::unpacked(PARENT.load(Ordering::Relaxed));
    entry.process.store(parent.child(pid).packed(), Ordering::Release);
}

/// In a child that runs tasks: it belongs to the script that its parent belongs to, or is.
pub(crate) fn belongs_to_parents_script() {
    let script = match PARENTS_SCRIPT.load(Ordering::Relaxed) {
        0 => getppid().as_raw().unsigned_abs().into(),
        script => script,
    };
    SCRIPT.store(script, Ordering::Relaxed);
    note_script(script);
}

/// In a process whose script has ended.
pub(crate) fn is_at_end() {
    note_script(script());
}

/// The process id of the script that this process belongs to, or is.
fn script() -> u64 {
    match SCRIPT.load(Ordering::Relaxed) {
        0 => getpid().as_raw().unsigned_abs().into(),
        script => script,
    }
}

fn note_script(script: u64) {
    if let Some(entry) = entry_at(OWN_ENTRY.load(Ordering::Relaxed)) {
        entry.script.store(script, Ordering::Release);
    }
}

/// What was made by process `maker` and has this birth: may there be a process that has it, and that does not belong to the
/// script of this one, or to its end?
pub(crate) fn is_held_outside(maker: u64, birth: u64) -> bool {
    let table = TABLE.get().filter(|table| birth != 0 && table.lost_count.load(Ordering::Acquire) == 0);
    table.is_none_or(|table| table.is_held_outside(maker, birth))
}

/// In a warm worker: it does nothing while its parent has nothing for it to do.
pub(crate) fn stays_warm() {
    if let Some(entry) = entry_at(OWN_ENTRY.load(Ordering::Relaxed)) {
        entry.warm.store(1, Ordering::Release);
    }
}

fn entry_at(at: usize) -> Option<&'static Entry> {
    TABLE.get()?.entries.get(at)
}

/// What has this birth: may any other process that is there have it?
pub(crate) fn is_held_elsewhere(birth: u64) -> bool {
    may_be_used(OWN.load(Ordering::Relaxed), birth, true)
}

/// What was made by process `maker` and has this birth: is there another process that has it, and that may use it? A
/// warm worker below this one does nothing unless this process is `busy`.
pub(crate) fn may_be_used(maker: u64, birth: u64, busy: bool) -> bool {
    let table = TABLE.get().filter(|table| table.lost_count.load(Ordering::Acquire) == 0);
    table.is_none_or(|table| table.users(maker, birth, busy).next().is_some())
}

/// The same processes, a few of them, as far as they are known.
pub(crate) fn users(maker: u64, birth: u64, busy: bool) -> Vec<Process> {
    let users = TABLE.get().into_iter().flat_map(|table| table.users(maker, birth, busy));
    users.filter(|word| word & FORKING == 0).map(Process::unpacked).take(NAMED).collect()
}

/// How often this process, and those that it was forked from, have forked: what was made when it was less often has been in
/// other processes.
pub(crate) fn forks() -> u64 {
    FORKS.load(Ordering::Relaxed)
}

/// The number of this process, for [`may_be_used`].
pub(crate) fn own() -> u64 {
    OWN.load(Ordering::Relaxed)
}

/// Does process `id` have what `maker` made?
fn has(id: u64, line: &[u64; LINE], maker: u64, birth: u64) -> bool {
    if id == maker {
        return true;
    }
    let mut below = id;
    for &ancestor in line {
        if ancestor == maker {
            return below > birth;
        }
        if ancestor == 0 {
            return false;
        }
        below = ancestor;
    }
    true // too deep to be told
}

impl Table {
    /// The processes of [`may_be_used`], packed; or [`FORKING`].
    fn users(&self, maker: u64, birth: u64, busy: bool) -> impl Iterator<Item = u64> {
        let own = OWN.load(Ordering::Relaxed);
        let used = self.used.load(Ordering::Acquire).min(ENTRIES);
        let entries = self.entries.iter().take(used);
        entries.filter_map(move |entry| {
            let id = entry.id.load(Ordering::Acquire);
            if id == 0 || id == TAKEN || id == own {
                return None;
            }
            let line = entry.line.each_ref().map(|ancestor| ancestor.load(Ordering::Relaxed));
            let idle = !busy && entry.warm.load(Ordering::Relaxed) == 1 && line.contains(&own);
            let has = has(id, &line, maker, birth) && !idle && entry.is_there(id);
            has.then(|| entry.process.load(Ordering::Acquire))
        })
    }

    fn is_held_outside(&self, maker: u64, birth: u64) -> bool {
        let (own, script) = (OWN.load(Ordering::Relaxed), script());
        let used = self.used.load(Ordering::Acquire).min(ENTRIES);
        self.entries.iter().take(used).any(|entry| {
            let id = entry.id.load(Ordering::Acquire);
            if id == 0 || id == TAKEN || id == own || entry.script.load(Ordering::Acquire) == script {
                return false;
            }
            let line = entry.line.each_ref().map(|ancestor| ancestor.load(Ordering::Relaxed));
            has(id, &line, maker, birth) && entry.is_there(id)
        })
    }

    /// Takes an entry for a process that is about to be forked.
    fn take(&self) -> Option<usize> {
        let at = self.free().or_else(|| {
            self.sweep();
            self.free()
        });
        if at.is_none() {
            self.lost_count.store(1, Ordering::Release);
        }
        at
    }

    fn free(&self) -> Option<usize> {
        let id = self.latest.fetch_add(1, Ordering::AcqRel) + 1;
        let free = |entry: &Entry| {
            entry.id.load(Ordering::Relaxed) == 0
                && entry.id.compare_exchange(0, TAKEN, Ordering::AcqRel, Ordering::Relaxed).is_ok()
        };
        let at = self.entries.iter().position(free)?;
        let entry = self.entries.get(at)?;
        entry.process.store(FORKING | now(), Ordering::Relaxed);
        entry.warm.store(0, Ordering::Relaxed);
        entry.script.store(0, Ordering::Relaxed);
        let parent = std::iter::once(&OWN).chain(&ANCESTORS);
        for (place, ancestor) in entry.line.iter().zip(parent) {
            place.store(ancestor.load(Ordering::Relaxed), Ordering::Relaxed);
        }
        entry.id.store(id, Ordering::Release);
        self.used.fetch_max(at + 1, Ordering::AcqRel);
        Some(at)
    }

    /// Frees the entries of processes that are gone.
    fn sweep(&self) {
        for entry in &self.entries {
            let id = entry.id.load(Ordering::Acquire);
            if id != 0 && id != TAKEN {
                entry.is_there(id);
            }
        }
    }
}

impl Entry {
    /// Is process `id`, which the entry is about, there? The entry of one that is not becomes free.
    fn is_there(&self, id: u64) -> bool {
        let word = self.process.load(Ordering::Acquire);
        let there = if word & FORKING != 0 {
            now().saturating_sub(word & !FORKING) < FORK
        } else {
            Process::unpacked(word).is_there()
        };
        if !there {
            let _ = self.id.compare_exchange(id, 0, Ordering::AcqRel, Ordering::Relaxed);
        }
        there
    }
}

/// Milliseconds of the monotonic clock.
fn now() -> u64 {
    let time = clock_gettime(ClockId::CLOCK_MONOTONIC)
        .map_or(0, |time| time.tv_sec() * 1000 + time.tv_nsec() / 1_000_000);
    u64::try_from(time).unwrap_or_default()
}

#[cfg(test)]
mod tests;
