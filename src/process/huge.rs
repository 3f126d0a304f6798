//! Huge pages: finds which of this process's memory is in small pages and could be in huge ones, and moves it there.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::ptr::{null_mut, without_provenance_mut};

use nix::errno::Errno;

use super::os::{Advice, NO_RESERVE, advise};

/// The size of a huge page. Memory is considered in units of this size.
pub(crate) const UNIT: usize = 2 << 20;
/// How many small pages of a unit must be in use: a huge page also takes up the memory of those that are not.
const DENSE: usize = 256;
/// The size of a small page.
const PAGE: usize = 4096;

/// Memory that begins and ends at a unit's border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    start: usize,
    length: usize,
}

/// Memory that could be in huge pages, and how much of it has been moved.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Purchase {
    spans: VecDeque<Span>,
    /// Bytes of all spans that were in small pages at the beginning.
    pub(crate) small: usize,
    /// Bytes of all spans: at the beginning, and those that are still to come.
    total: usize,
    ahead: usize,
    /// Units that are huge pages now, and units that the kernel has refused.
    won: usize,
    lost: usize,
}

/// Does this kernel move a process's memory to huge pages on request? False if huge pages are switched off for the
/// whole system, which is respected, although the kernel would still do it.
pub(crate) fn possible() -> bool {
    let switch = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    let size = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
    switch.is_ok_and(|text| !text.contains("[never]"))
        && size.is_ok_and(|text| text.trim().parse() == Ok(UNIT))
        && try_one() != Err(Errno::EINVAL)
}

/// Tries it with memory of our own. Fails with EINVAL before Linux 6.1, and where it is switched off for this process.
fn try_one() -> Result<(), Errno> {
    let length = 2 * UNIT;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | NO_RESERVE.bits();
    // SAFETY: a new mapping, at an address of the kernel's choice.
    let address = unsafe { libc::mmap(null_mut(), length, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if address == libc::MAP_FAILED {
        return Err(Errno::last());
    }
    let start = address.addr().next_multiple_of(UNIT);
    let unit: *mut u8 = address.cast::<u8>().with_addr(start);
    // SAFETY: one whole unit is inside the mapping.
    unsafe { unit.write_volatile(1) };
    let tried = collapse(start, UNIT);
    // SAFETY: the mapping that was made above, which nothing else refers to.
    unsafe { libc::munmap(address, length) };
    tried
}

impl Purchase {
    /// Finds all memory that could be in huge pages.
    ///
    /// # Errors
    ///
    /// When `/proc` cannot be read.
    pub(crate) fn survey() -> io::Result<Self> {
        Self::read(BufReader::with_capacity(1 << 16, File::open("/proc/self/smaps")?))
    }

    fn read(mut smaps: impl BufRead) -> io::Result<Self> {
        let mut purchase = Self::default();
        let mut line = String::new();
        let mut mapping: Option<Span> = None;
        let mut resident = 0;
        while smaps.read_line(&mut line)? > 0 {
            match line.split_once(':') {
                Some(("Rss", value)) => resident = kib(value),
                Some(("AnonHugePages", value)) => {
                    if let Some(span) = mapping.take() {
                        purchase.add(span, resident.saturating_sub(kib(value)));
                    }
                }
                _ if line
                    .starts_with(|first: char| first.is_ascii_hexdigit() && !first.is_ascii_uppercase()) =>
                {
                    mapping = candidate(&line);
                }
                _ => {}
            }
            line.clear();
        }
        Ok(purchase)
    }

    fn add(&mut self, span: Span, small: usize) {
        let small = small.min(span.length);
        if small >= UNIT / 2 {
            self.spans.push_back(span);
            self.small += small;
            self.total += span.length;
            self.ahead += span.length;
        }
    }

    /// Asks the kernel to use huge pages for what is yet to be allocated in this memory. Costs nothing, and may be
    /// refused.
    pub(crate) fn announce(&self) {
        for span in &self.spans {
            let _ = advise(without_provenance_mut(span.start), span.length, Advice::Huge);
        }
    }

    /// Moves the next piece, of at most `units` units, to huge pages.
    pub(crate) fn step(&mut self, units: usize) {
        let Some(span) = self.spans.front_mut() else {
            return;
        };
        let mut length = 0;
        while length < units * UNIT && length < span.length && is_dense(span.start + length) {
            length += UNIT;
        }
        if length > 0 {
            match collapse(span.start, length) {
                Ok(()) => self.won += length / UNIT,
                Err(_) => self.lost += length / UNIT,
            }
        }
        // If the first unit is not dense, skips it.
        let length = length.max(UNIT);
        span.start += length;
        span.length -= length;
        self.ahead -= length;
        if span.length == 0 {
            self.spans.pop_front();
        }
    }

    /// An estimate of the bytes in small pages that are still to be moved.
    pub(crate) fn left(&self) -> usize {
        (self.small / UNIT * self.ahead).checked_div(self.total).unwrap_or(0) * UNIT
    }

    /// Is nothing left to move?
    pub(crate) fn is_done(&self) -> bool {
        self.spans.is_empty()
    }

    /// Has the kernel moved more units than it has refused?
    pub(crate) fn has_won(&self) -> bool {
        self.won > self.lost
    }
}

/// The whole units of a mapping, given the first of its lines in smaps: if it is private, anonymous and writable
/// memory, but no stack.
fn candidate(line: &str) -> Option<Span> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let (access, _offset, _device, inode) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let name = words.next().unwrap_or_default();
    let anonymous = inode == "0" && (name.is_empty() || name == "[heap]" || name.starts_with("[anon:"));
    if access != "rw-p" || !anonymous {
        return None;
    }
    let start = usize::from_str_radix(start, 16).ok()?.checked_next_multiple_of(UNIT)?;
    let end = usize::from_str_radix(end, 16).ok()? / UNIT * UNIT;
    (end > start).then(|| Span { start, length: end - start })
}

fn kib(value: &str) -> usize {
    value.trim().trim_end_matches(" kB").parse().unwrap_or(0) * 1024
}

fn is_dense(unit: usize) -> bool {
    let mut pages = [0u8; UNIT / PAGE];
    // SAFETY: the kernel writes a byte for each page of the unit; it accepts any address.
    let told = unsafe { libc::mincore(without_provenance_mut(unit), UNIT, pages.as_mut_ptr().cast()) };
    told == 0 && pages.iter().filter(|&&page| page & 1 != 0).count() >= DENSE
}

fn collapse(start: usize, length: usize) -> Result<(), Errno> {
    advise(without_provenance_mut(start), length, Advice::Collapse)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use nix::sys::mman::{MapFlags, ProtFlags, mmap_anonymous, munmap};

    use super::*;

    const SMAPS: &str = "\
55d0c0a00000-55d0c0c00000 rw-p 00000000 fe:00 77         /usr/bin/php
Rss:                2048 kB
AnonHugePages:         0 kB
7f0000100000-7f0000900000 rw-p 00000000 00:00 0
Size:               8192 kB
Rss:                8000 kB
AnonHugePages:      2048 kB
VmFlags: rd wr mr mw me ac
7f0001000000-7f0001800000 rw-p 00000000 00:00 0          [anon:zend_alloc]
Rss:                8192 kB
AnonHugePages:      8192 kB
7f0002000000-7f0002800000 r--p 00000000 00:00 0
Rss:                8192 kB
AnonHugePages:         0 kB
7f0003000000-7f0003800000 rw-p 00000000 00:00 0
Rss:                  20 kB
AnonHugePages:         0 kB
7f0004100000-7f0004200000 rw-p 00000000 00:00 0
Rss:                1024 kB
AnonHugePages:         0 kB
7ffd00000000-7ffd00800000 rw-p 00000000 00:00 0          [stack]
Rss:                8192 kB
AnonHugePages:         0 kB
";

    #[test]
    fn only_whole_units_of_private_memory_in_small_pages_count() {
        let purchase = Purchase::read(SMAPS.as_bytes()).unwrap();
        assert_eq!(purchase.spans, [Span { start: 0x7f00_0020_0000, length: 3 * UNIT }]);
        assert_eq!(purchase.small, 5952 << 10);
        assert_eq!(purchase.left(), 2 * UNIT);
    }

    #[test]
    fn memory_in_small_pages_becomes_huge_and_keeps_its_bytes() {
        if !possible() {
            return; // the kernel has none for this process
        }
        let pattern: Vec<u8> = (0..=250).collect();
        let bytes = pattern.repeat(16 * UNIT / pattern.len());
        // The units that contain nothing else: other tests use the memory beside them.
        let start = bytes.as_ptr().addr().next_multiple_of(UNIT);
        let end = (bytes.as_ptr().addr() + bytes.len()) / UNIT * UNIT;
        let ours = |purchase: &Purchase| {
            purchase.spans.iter().any(|span| span.start < end && start < span.start + span.length)
        };
        assert!(ours(&Purchase::survey().unwrap()));
        // The kernel refuses while a process that another test has forked shares the memory.
        let bought = (0..100).any(|_| {
            let mut purchase = Purchase::survey().unwrap();
            purchase.announce();
            while !purchase.is_done() {
                purchase.step(4);
            }
            assert_eq!(purchase.left(), 0);
            purchase.has_won() && !ours(&Purchase::survey().unwrap())
        });
        assert!(bought);
        assert!(bytes.chunks(pattern.len()).all(|chunk| chunk == pattern));
    }

    #[test]
    fn memory_that_is_hardly_used_stays_as_it_is() {
        // Not from the allocator, which may have used it before.
        let (length, flags) = (NonZeroUsize::new(4 * UNIT).unwrap(), MapFlags::MAP_PRIVATE);
        // SAFETY: new pages at an address of the kernel's choice.
        let memory =
            unsafe { mmap_anonymous(None, length, ProtFlags::PROT_READ | ProtFlags::PROT_WRITE, flags) };
        let memory = memory.unwrap();
        // SAFETY: mapped just now, zeroed, and unmapped at the end of this test; nothing else refers to it.
        let bytes = unsafe { std::slice::from_raw_parts_mut(memory.as_ptr().cast::<u8>(), 4 * UNIT) };
        let start = bytes.as_ptr().addr().next_multiple_of(UNIT);
        bytes[0] = 1;
        assert!(!is_dense(start + UNIT));
        bytes.fill(1);
        assert!(is_dense(start));
        // SAFETY: as above.
        unsafe { munmap(memory, 4 * UNIT) }.unwrap();
    }

    #[test]
    fn memory_that_is_gone_is_refused() {
        let mut purchase =
            Purchase { spans: VecDeque::from([Span { start: UNIT, length: UNIT }]), ..Purchase::default() };
        purchase.ahead = UNIT;
        purchase.step(1);
        assert!(purchase.is_done() && !purchase.has_won());
    }
}
