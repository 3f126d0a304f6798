//! Files that a child has inherited, and files that others read.

use std::fs;
use std::io::{self, Seek, SeekFrom};
use std::os::fd::RawFd;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::stat::{SFlag, fstat};

use super::os::{open_anew, put_behind};

/// Gives this process a file position of its own in a file that it has inherited open for reading. Otherwise parent and
/// children share the position, so that each seek or read moves it for all of them.
///
/// # Errors
///
/// When the file cannot be opened anew: it is no regular file, no longer readable for us, or there is no `/proc`. It is
/// unchanged then.
pub(crate) fn part(inherited: RawFd, position: i64) -> io::Result<()> {
    // SAFETY: the number of an open descriptor, which nothing closes during the call.
    let borrowed = unsafe { std::os::fd::BorrowedFd::borrow_raw(inherited) };
    if SFlag::from_bits_truncate(fstat(borrowed)?.st_mode) & SFlag::S_IFMT != SFlag::S_IFREG {
        return Err(Errno::EINVAL.into()); // opening a pipe would wait for its other end
    }
    let mut own = open_anew(inherited)?;
    own.seek(SeekFrom::Start(position.unsigned_abs()))?;
    // SAFETY: whoever has that number goes on with the same file, which now has a position of its own.
    unsafe { put_behind(inherited, &own) }?;
    Ok(())
}

/// Writes a file in place of the one that was there. Who reads it finds this version or the one before, whole.
///
/// # Errors
///
/// When it cannot be written.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let beside = Path::new(&name);
    let written = fs::write(beside, text).and_then(|()| fs::rename(beside, path));
    if written.is_err() {
        let _ = fs::remove_file(beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn a_file_that_is_parted_moves_no_other() {
        let mut whole = tempfile();
        whole.write_all(b"abcdef").unwrap();
        let mut inherited = whole.try_clone().unwrap();
        part(inherited.as_raw_fd(), 1).unwrap();
        let mut read = [0; 2];
        inherited.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"bc");
        assert_eq!(whole.stream_position().unwrap(), 6);
    }

    #[test]
    fn what_is_no_file_stays_as_it_is() {
        let (reader, _writer) = nix::unistd::pipe().unwrap();
        assert!(part(reader.as_raw_fd(), 0).is_err());
    }

    /// A file without a name.
    fn tempfile() -> File {
        let path = std::env::temp_dir().join(format!("async-part-{}", std::process::id()));
        let file = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(path).unwrap();
        file
    }
}
