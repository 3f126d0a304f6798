//! Shared memory of a model: words of loom, in the heap, that threads share as processes share pages.
//!
//! To copy bytes into the body or out of it is a relaxed access of each word. The processor does the same, and no less: it
//! may show the words of a copy in any order, but no word that nobody has written.

use std::rc::Rc;

use nix::errno::Errno;

use super::Shared;
use crate::process::shared::sync::{AtomicU64, Ordering};

const WORD: usize = size_of::<u64>();

#[derive(Debug)]
pub(in crate::process::shared) struct SharedMemory<H>(Rc<(H, Vec<AtomicU64>)>);

impl<H> SharedMemory<H> {
    /// The same memory, as a child has it.
    pub(in crate::process::shared) fn in_child(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<H: Shared> SharedMemory<H> {
    pub(in crate::process::shared) fn new(body: usize) -> Result<Self, Errno> {
        let body = (0..body.div_ceil(WORD)).map(|_| AtomicU64::new(0)).collect();
        Ok(Self(Rc::new((H::default(), body))))
    }

    pub(in crate::process::shared) fn twice(body: usize) -> Result<[Self; 2], Errno> {
        let memory = Self::new(body)?;
        Ok([memory.in_child(), memory])
    }

    pub(in crate::process::shared) fn keep_from_children(&self) {}

    pub(in crate::process::shared) fn head(&self) -> &H {
        &self.0.0
    }

    pub(in crate::process::shared) fn at<T: Shared>(&self, at: usize) -> Option<&T> {
        let words = size_of::<T>() / size_of::<AtomicU64>();
        let words = self.0.1.get(at / WORD..at / WORD + words)?;
        // SAFETY: `Shared` says that such a type consists of so many of these words, in the order of C.
        Some(unsafe { &*words.as_ptr().cast() })
    }

    pub(in crate::process::shared) fn write(&self, mut at: usize, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            let Some(word) = self.0.1.get(at / WORD) else {
                return false;
            };
            let (from, (now, later)) = (at % WORD, bytes.split_at(bytes.len().min(WORD - at % WORD)));
            // Only one process writes here at a time, and it sees what it has written itself.
            let mut whole =
                if now.len() < WORD { word.load(Ordering::Relaxed).to_le_bytes() } else { [0; WORD] };
            whole[from..from + now.len()].copy_from_slice(now);
            word.store(u64::from_le_bytes(whole), Ordering::Relaxed);
            (at, bytes) = (at + now.len(), later);
        }
        true
    }

    pub(in crate::process::shared) fn prefetch(&self, _: usize) {}

    pub(in crate::process::shared) fn read_into(&self, at: usize, to: &mut [u8]) {
        let mut bytes = Vec::new();
        self.read(at, to.len(), &mut bytes);
        to.copy_from_slice(&bytes);
    }

    pub(in crate::process::shared) fn read(&self, mut at: usize, length: usize, to: &mut Vec<u8>) -> bool {
        let end = at + length;
        while at < end {
            let Some(word) = self.0.1.get(at / WORD) else {
                return false;
            };
            let (from, now) = (at % WORD, (end - at).min(WORD - at % WORD));
            to.extend_from_slice(&word.load(Ordering::Relaxed).to_le_bytes()[from..from + now]);
            at += now;
        }
        true
    }
}
