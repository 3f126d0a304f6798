//! The child's side of its result ring: writes results, and waits for its parent.

use std::time::Duration;

use super::{HEADER, PIECE, ROOM, ResultRing, aligned, count};
use crate::process::child::end;
use crate::process::shared::doorbell::Ringer;
use crate::process::shared::sync::{Ordering, fence};
use crate::wire::frame::Kind;

/// The longest sleep between two checks: a wake-up may get lost when a task writes over the shared memory.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl ResultRing {
    /// In the child: sends what became of `task`. Waits for the parent to read when there is no room.
    pub(crate) fn say<'c>(
        &self,
        ringer: &Ringer<'_>,
        task: u64,
        kind: Kind,
        format: u8,
        length: usize,
        chunks: impl Iterator<Item = &'c [u8]>,
    ) {
        let mut left = length;
        let mut chunks = chunks.filter(|chunk| !chunk.is_empty());
        let mut chunk: &[u8] = &[];
        loop {
            let size = left.min(PIECE);
            let more = left > size;
            let start = self.reserve(ringer, HEADER + size);
            let mut at = start + HEADER as u64;
            let end = at + size as u64;
            while at < end {
                if chunk.is_empty() {
                    chunk = chunks.next().unwrap_or(&[0]);
                }
                let wanted = usize::try_from(end - at).unwrap_or(PIECE);
                let (now, later) = chunk.split_at(wanted.min(chunk.len()));
                self.memory.write_ring(ROOM, at, now);
                at += now.len() as u64;
                chunk = later;
            }
            self.memory.write_ring(ROOM, start, &header(task, size, count(&self.said), kind, format, more));
            self.written.set(aligned(end));
            self.memory.head().written.store(aligned(end), Ordering::Release);
            ringer.ring();
            if !more {
                return;
            }
            left -= size;
        }
    }

    /// In the child: waits until the parent has released the remote payload of the latest message, or asks for it
    /// through the ring. True if it has been released.
    pub(crate) fn await_release(&self) -> bool {
        let head = self.memory.head();
        loop {
            head.waiting.swap(1, Ordering::AcqRel);
            fence(Ordering::SeqCst);
            let released = head.released.load(Ordering::Acquire) != self.over.get();
            let asked = !released && head.asked.load(Ordering::Acquire) == 1;
            if asked {
                head.asked.store(0, Ordering::Relaxed);
            }
            if released || asked {
                head.waiting.store(0, Ordering::Relaxed);
                self.over.set(self.over.get().wrapping_add(released.into()));
                head.gone_on.store(self.over.get(), Ordering::Relaxed);
                // Before the memory of the payload is written again: see `is_lent`.
                fence(Ordering::SeqCst);
                return released;
            }
            head.waiting.wait(1, LOOK_AGAIN);
        }
    }

    /// In the child: waits for room for `size` bytes, and returns the position where it begins.
    fn reserve(&self, ringer: &Ringer<'_>, size: usize) -> u64 {
        let head = self.memory.head();
        let start = self.written.get();
        let wanted = aligned(size as u64);
        let fits = |read: u64| match (ROOM as u64).checked_sub(start.wrapping_sub(read)) {
            Some(room) => room >= wanted,
            None => end(255), // a task of this child has overwritten the parent's total
        };
        if fits(self.known.get()) {
            return start;
        }
        let free = || {
            self.known.set(head.read.load(Ordering::Acquire));
            fits(self.known.get())
        };
        while !free() {
            head.waiting.swap(1, Ordering::AcqRel);
            fence(Ordering::SeqCst);
            if free() {
                head.waiting.store(0, Ordering::Relaxed);
                break;
            }
            ringer.ring();
            head.waiting.wait(1, LOOK_AGAIN);
        }
        start
    }
}

/// `size` is [`PIECE`] at most.
pub(super) fn header(
    task: u64,
    size: usize,
    number: u16,
    kind: Kind,
    format: u8,
    more: bool,
) -> [u8; HEADER] {
    let size = u16::try_from(size).unwrap_or_default();
    let [kind, format, more] = [kind as u8, format, more.into()].map(u128::from);
    let [size, number] = [size, number].map(u128::from);
    (u128::from(task) | size << 64 | number << 80 | kind << 96 | format << 104 | more << 112).to_le_bytes()
}
