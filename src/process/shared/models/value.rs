use super::{check, fork, reaped};
use crate::process::shared::value::{NotRead, SharedBytes};

/// The writer overwrites what the reader may be reading.
#[test]
fn what_is_read_is_whole() {
    check(3, || {
        let bytes = SharedBytes::new(16).unwrap();
        bytes.write(1, [&[1; 16][..]].into_iter());
        let own = bytes.in_child();
        let writer = fork(move || {
            for number in [2, 3, 4] {
                own.write(number, [&[number; 16][..]].into_iter());
            }
        });
        match bytes.read() {
            Ok((meaning, bytes)) => assert_eq!(bytes, [meaning; 16]),
            Err(error) => assert_eq!(error, NotRead::Overtaken),
        }
        reaped(writer);
        assert_eq!(bytes.read(), Ok((4, vec![4; 16])));
    });
}
