//! The memory of all duplexes of a process: the directory, and behind it two rings for each duplex.

#[cfg(loom)]
pub(super) use model::Memory;
#[cfg(not(loom))]
pub(super) use system::Memory;

/// Which of the two rings of a duplex.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    ToTask,
    ToParent,
}

#[cfg(not(loom))]
mod system {
    use nix::errno::Errno;

    use super::super::super::Head;
    use super::super::super::place::{Heads, Place};
    use super::super::{DUPLEXES, Directory};
    use super::Direction;
    use crate::process::shared::memory::SharedMemory;

    /// Room of a ring in bytes.
    const ROOM: usize = 128 * 1024;
    /// The length of one duplex.
    const STRIDE: usize = 2 * (size_of::<Head>() + ROOM);

    /// Mapped, and never unmapped.
    #[derive(Debug)]
    pub(in super::super) struct Memory {
        all: &'static SharedMemory<Heads>,
        directory: &'static Directory,
    }

    impl Memory {
        pub(in super::super) fn new() -> Result<Self, Errno> {
            let all: &'static _ = Box::leak(Box::new(SharedMemory::new(start(DUPLEXES))?));
            Ok(Self { all, directory: all.at(0).ok_or(Errno::ENOMEM)? })
        }

        pub(in super::super) fn directory(&self) -> &Directory {
            self.directory
        }

        /// The place of a ring of the duplex with this number, if there are so many.
        pub(in super::super) fn place(&self, duplex: usize, direction: Direction) -> Option<Place> {
            let behind = match direction {
                Direction::ToTask => 0,
                Direction::ToParent => STRIDE / 2,
            };
            Place::within(self.all, start(duplex) + behind, ROOM)
        }
    }

    /// Where a duplex begins, behind the directory.
    fn start(duplex: usize) -> usize {
        size_of::<Directory>().next_multiple_of(4096) + duplex * STRIDE
    }
}

#[cfg(loom)]
mod model {
    use nix::errno::Errno;

    use super::super::super::place::Place;
    use super::super::{CAPACITY, DUPLEXES, Directory};
    use super::Direction;

    /// Of a model, which drops it at its end.
    #[derive(Debug)]
    pub(in super::super) struct Memory {
        places: Vec<[Place; 2]>,
        directory: Box<Directory>,
    }

    impl Memory {
        pub(in super::super) fn new() -> Result<Self, Errno> {
            let places = (0..DUPLEXES).map(|_| Ok([Place::find(CAPACITY)?, Place::find(CAPACITY)?]));
            Ok(Self { places: places.collect::<Result<_, _>>()?, directory: Box::default() })
        }

        pub(in super::super) fn directory(&self) -> &Directory {
            &self.directory
        }

        pub(in super::super) fn place(&self, duplex: usize, direction: Direction) -> Option<Place> {
            Some(self.places.get(duplex)?[direction as usize].in_child())
        }
    }
}
