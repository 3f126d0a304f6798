//! The memory into which the dynamic linker has written addresses when it loaded a library, and which it has made
//! read-only then: `PT_GNU_RELRO`.
//!
//! It is private memory that was written to, of which a fork copies the page table entries, as it does for the heap. In
//! PHP that is a third of all such pages, or more, and nobody ever writes to them again. From a file a child reads them
//! when it needs them, and a fork copies nothing: so they are moved into a file in memory, all at once. The file is
//! sealed, and mapped so that nobody can write to it, neither in this process nor in a child. It is part of a core dump,
//! as it has no name.

use std::fs;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::os::fd::{AsRawFd, OwnedFd};
use std::ptr::{NonNull, without_provenance};
use std::sync::atomic::{AtomicU32, Ordering};

use libc::{F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK};
use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::resource::{Resource, getrlimit};

/// The fork before which the memory is moved. To move it takes as long as a fork and a half, and each fork is a tenth
/// faster then, or more.
const FORKS: u32 = 12;
const PAGE: usize = 4096;

/// The process is about to fork. `is_alone` finds out whether no thread of a library runs, which could load or unload
/// another one meanwhile.
pub(crate) fn before_fork(is_alone: impl FnOnce() -> bool) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    if COUNT.load(Ordering::Relaxed) < FORKS
        && COUNT.fetch_add(1, Ordering::Relaxed) + 1 == FORKS
        && is_alone()
    {
        // Whatever was not moved stays as it is.
        let _ = move_to_file(&moveable(&fs::read_to_string("/proc/self/maps").unwrap_or_default()));
    }
}

/// The memory of all libraries that can be moved, given the text of `/proc/self/maps`: what is not read-only there is not
/// relocated yet, or somebody is changing it.
fn moveable(maps: &str) -> Vec<Range<usize>> {
    let read_only: Vec<_> = maps.lines().filter_map(read_only).collect();
    let is_read_only = |range: &Range<usize>| {
        read_only.iter().any(|mapped| mapped.start <= range.start && range.end <= mapped.end)
    };
    let mut all = relocated();
    all.retain(is_read_only);
    all
}

/// The addresses of a private file mapping that can only be read, given its line in `/proc/self/maps`.
fn read_only(line: &str) -> Option<Range<usize>> {
    let mut words = line.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    if words.next()? != "r--p" || !words.nth(3)?.starts_with('/') {
        return None;
    }
    Some(usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?)
}

/// The whole pages that the dynamic linker makes read-only in each library, but for its own: it writes to those again
/// when a library asks for an executable stack.
fn relocated() -> Vec<Range<usize>> {
    unsafe extern "C" fn add(
        library: *mut libc::dl_phdr_info,
        _size: libc::size_t,
        ranges: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: the C library passes a description that is valid during this call.
        let library = unsafe { &*library };
        // SAFETY: `relocated` passes this list, and nothing else refers to it meanwhile.
        let ranges = unsafe { &mut *ranges.cast::<Vec<Range<usize>>>() };
        // SAFETY: no pointers; 0 if the process has no dynamic linker.
        let linker = unsafe { libc::getauxval(libc::AT_BASE) };
        if library.dlpi_phdr.is_null() || library.dlpi_addr == linker {
            return 0;
        }
        // SAFETY: the program headers of a loaded library, which is not unloaded during this call.
        let headers =
            unsafe { std::slice::from_raw_parts(library.dlpi_phdr, usize::from(library.dlpi_phnum)) };
        let relocated = headers.iter().filter(|header| header.p_type == libc::PT_GNU_RELRO);
        ranges.extend(relocated.filter_map(|header| {
            let start = usize::try_from(library.dlpi_addr.wrapping_add(header.p_vaddr)).ok()?;
            let end = start.checked_add(usize::try_from(header.p_memsz).ok()?)? / PAGE * PAGE;
            let start = start / PAGE * PAGE;
            (start < end).then_some(start..end)
        }));
        0
    }
    let mut ranges: Vec<Range<usize>> = Vec::new();
    // SAFETY: `add` uses the list only during this call.
    unsafe { libc::dl_iterate_phdr(Some(add), (&raw mut ranges).cast()) };
    ranges
}

/// Puts the bytes of read-only memory into a file, and maps that at the same addresses.
fn move_to_file(ranges: &[Range<usize>]) -> Result<(), Errno> {
    let Some(first) = ranges.first() else {
        return Ok(());
    };
    let total: usize = ranges.iter().map(Range::len).sum();
    // A file that grows beyond the limit of its process costs that process its life.
    if getrlimit(Resource::RLIMIT_FSIZE)?.0 < total as u64 {
        return Err(Errno::EFBIG);
    }
    let file = memfd_create(c"async-relocated", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
    for range in ranges {
        append(&file, range)?;
    }
    let seals = F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    fcntl(&file, FcntlArg::F_ADD_SEALS(SealFlag::from_bits_retain(seals)))?;
    // Where such a file may not be mapped, that shall be found out at an address that nothing uses.
    let tried = map(&file, None, first.len(), 0)?;
    // SAFETY: the pages that were just mapped, to which nothing refers.
    unsafe { munmap(tried.cast(), first.len()) }?;
    let mut at = 0;
    for range in ranges {
        map(&file, NonZeroUsize::new(range.start), range.len(), at)?;
        at += range.len();
    }
    Ok(())
}

/// Appends the bytes of `range` to `file`.
fn append(file: &OwnedFd, range: &Range<usize>) -> Result<(), Errno> {
    let mut done = 0;
    while done < range.len() {
        let from = without_provenance::<libc::c_void>(range.start + done);
        // Not the C library's function: in a PHP that was built with AddressSanitizer that ends the process, as some of
        // these bytes are between variables.
        // SAFETY: `file` is open as long as it is borrowed; nothing but the kernel reads at `from`, and that refuses what
        // is not mapped.
        let written = unsafe { libc::syscall(libc::SYS_write, file.as_raw_fd(), from, range.len() - done) };
        match Errno::result(written) {
            Ok(0) => return Err(Errno::ENOSPC),
            Ok(count) => done += usize::try_from(count).unwrap_or_default(),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Ok(())
}

/// Maps `length` bytes of the file for reading, at an address of the kernel's choice, or in place of what is at `place`.
fn map(file: &OwnedFd, place: Option<NonZeroUsize>, length: usize, at: usize) -> Result<NonNull<u8>, Errno> {
    let length = NonZeroUsize::new(length).ok_or(Errno::EINVAL)?;
    let at = i64::try_from(at).map_err(|_| Errno::EFBIG)?;
    let fixed = if place.is_some() { MapFlags::MAP_FIXED } else { MapFlags::empty() };
    // SAFETY: what `move_to_file` replaces is read-only memory, and the file has the same bytes, which cannot be changed:
    // nobody who refers to that memory can tell the difference. The kernel replaces it in one step.
    unsafe { mmap(place, length, ProtFlags::PROT_READ, MapFlags::MAP_SHARED | fixed, file, at) }
        .map(NonNull::cast)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maps() -> String {
        fs::read_to_string("/proc/self/maps").unwrap()
    }

    #[test]
    fn only_private_files_that_can_only_be_read_count() {
        let lines = [
            "5598c0c7e000-5598c0d12000 r--p 004dd000 fe:00 10199058                   /usr/bin/php8.2",
            "5598c0d12000-5598c0d14000 rw-p 00571000 fe:00 10199058                   /usr/bin/php8.2",
            "7f8ce84e6000-7f8ce84ff000 r--s 00000000 00:01 8787189                    /memfd:async (deleted)",
            "7f8ceb118000-7f8ceb11c000 r--p 00000000 00:00 0                          [vvar]",
            "7f8ceb118000-7f8ceb11c000 r--p 00000000 00:00 0",
        ];
        let found: Vec<_> = lines.iter().filter_map(|line| read_only(line)).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0], 0x5598_c0c7_e000..0x5598_c0d1_2000);
    }

    #[test]
    fn moved_memory_has_the_same_bytes_and_cannot_be_written_to() {
        let before = moveable(&maps());
        assert!(!before.is_empty());
        let bytes = |range: &Range<usize>| {
            let mut bytes = vec![0u8; range.len()];
            // SAFETY: read-only memory of a library, as long as the test runs.
            unsafe { without_provenance::<u8>(range.start).copy_to(bytes.as_mut_ptr(), range.len()) };
            bytes
        };
        let contents: Vec<_> = before.iter().map(bytes).collect();
        move_to_file(&before).unwrap();
        assert!(moveable(&maps()).is_empty());
        assert!(before.iter().map(bytes).eq(contents));
        let first = before[0].start;
        // SAFETY: refused.
        let refused = unsafe {
            libc::mprotect(without_provenance::<u8>(first).cast_mut().cast(), PAGE, libc::PROT_WRITE)
        };
        assert_eq!(Errno::result(refused), Err(Errno::EACCES));
    }
}
