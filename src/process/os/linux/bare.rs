//! A thread that the C library does not know of. In a process that has another thread, `fork` takes and resets the C
//! library's own locks, in pages that parent and child then have to copy, and looks for the stacks of the other threads:
//! a dozen page faults for each child, a tenth of what an empty one takes.
//!
//! Such a thread shares the thread-local storage of the one that made it, `errno` included, so that it may call
//! functions of the C library only where they cannot fail. Nor does it take part when the C library changes the rights
//! of all threads of the process: see [`crate::process::threads`].

use std::ffi::{c_int, c_void};
use std::num::NonZeroUsize;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};

use libc::epoll_event;
use nix::errno::Errno;
use nix::sys::mman::{MapFlags, MmapAdvise, ProtFlags, madvise, mmap_anonymous, mprotect, munmap};

/// Much more than it needs, and a page that nothing may write to, below it.
const STACK: usize = 64 * 1024;
const GUARD: usize = 64 * 1024;
/// What is kept free at the upper end of the stack, for the word below.
const HEAD: usize = 64;

/// A thread of this process.
#[derive(Debug)]
pub(crate) struct Bare {
    memory: NonNull<c_void>,
}

impl Bare {
    /// Can there be such threads here?
    pub(crate) const POSSIBLE: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

    /// Starts a thread that calls `run`.
    ///
    /// # Errors
    ///
    /// When there is no memory for it, or no room for one more thread.
    pub(crate) fn start(
        run: extern "C" fn(*mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> Result<Self, Errno> {
        let size = NonZeroUsize::new(GUARD + STACK).ok_or(Errno::EINVAL)?;
        let protection = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: new pages at an address of the kernel's choice; nothing else refers to them.
        let memory = unsafe { mmap_anonymous(None, size, protection, MapFlags::MAP_PRIVATE) }?;
        let bare = Self { memory };
        // SAFETY: the lower part of these pages, which nothing uses.
        let _ = unsafe { mprotect(memory, GUARD, ProtFlags::PROT_NONE) };
        // SAFETY: our own pages. A child has no such thread, and each mapping makes a fork more expensive.
        let _ = unsafe { madvise(memory, size.get(), MmapAdvise::MADV_DONTFORK) };
        let word = bare.word().as_ptr();
        let flags = libc::CLONE_VM
            | libc::CLONE_FS
            | libc::CLONE_FILES
            | libc::CLONE_SIGHAND
            | libc::CLONE_THREAD
            | libc::CLONE_SYSVSEM
            | libc::CLONE_PARENT_SETTID
            | libc::CLONE_CHILD_CLEARTID;
        let none = ptr::null_mut::<c_void>();
        // SAFETY: the stack ends below the word, and both stay mapped until the thread has ended; `run` takes the
        // argument. The kernel writes the thread's id to the word before this returns, and 0 when the thread has ended.
        let made = unsafe { libc::clone(run, word.cast(), flags, argument, word, none, word) };
        if made < 0 {
            let errno = Errno::last();
            // SAFETY: mapped above, and nothing refers to it.
            let _ = unsafe { munmap(memory, GUARD + STACK) };
            return Err(errno);
        }
        Ok(bare)
    }

    /// Waits for the end of the thread, which the caller has asked for.
    pub(crate) fn join(self) {
        loop {
            let id = self.word().load(Ordering::Acquire);
            if id == 0 {
                break;
            }
            let (word, forever) = (self.word().as_ptr(), ptr::null::<libc::timespec>());
            // SAFETY: a mapped word; no time limit. The kernel wakes who waits there.
            unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAIT, id, forever) };
        }
        // SAFETY: mapped by `start`; the thread has left its stack.
        let _ = unsafe { munmap(self.memory, GUARD + STACK) };
    }

    /// The id of the thread; 0 once it has ended.
    fn word(&self) -> &AtomicU32 {
        // SAFETY: within the mapping.
        let word = unsafe { self.memory.cast::<u8>().add(GUARD + STACK - HEAD) };
        // SAFETY: aligned, zeroed by the kernel, above the stack, and mapped as long as `self` is there.
        unsafe { word.cast::<AtomicU32>().as_ref() }
    }
}

/// Waits for one event without a time limit, and leaves `errno` alone. The number of events, or an error, negated.
#[cfg(target_arch = "x86_64")]
pub(super) fn wait(epoll: c_int, event: &mut epoll_event) -> i64 {
    let result: i64;
    // SAFETY: epoll_pwait(2) with room for one event, and no signal mask.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") libc::SYS_epoll_pwait => result,
            in("rdi") i64::from(epoll),
            in("rsi") ptr::from_mut(event),
            in("rdx") 1_i64,
            in("r10") -1_i64,
            in("r8") 0_i64,
            in("r9") 8_i64,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack)
        );
    }
    result
}

/// The same.
#[cfg(target_arch = "aarch64")]
pub(super) fn wait(epoll: c_int, event: &mut epoll_event) -> i64 {
    let result: i64;
    // SAFETY: as above.
    unsafe {
        std::arch::asm!(
            "svc 0",
            in("x8") libc::SYS_epoll_pwait,
            inlateout("x0") i64::from(epoll) => result,
            in("x1") ptr::from_mut(event),
            in("x2") 1_i64,
            in("x3") -1_i64,
            in("x4") 0_i64,
            in("x5") 8_i64,
            options(nostack)
        );
    }
    result
}

/// Never called.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) fn wait(_: c_int, _: &mut epoll_event) -> i64 {
    -i64::from(libc::ENOSYS)
}
