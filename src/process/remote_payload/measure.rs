//! Measures from which length on a remote payload is faster. Prints how long a payload takes from a waiting child to
//! its place in the parent, for each way of transport:
//!
//! ```sh
//! cargo test --release where_lending_pays -- --ignored --nocapture
//! ```
#![expect(clippy::print_stdout, reason = "a measurement is there to be read")]

use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::wait::waitpid;
use nix::unistd::{read as read_fd, write as write_fd};

use super::holder::ByPipe;
use super::*;
use crate::process::{bytes, pipe};
use crate::wire::frame::Reader;

const SIZES: [usize; 8] = [16, 32, 64, 128, 256, 1024, 4096, 65536];
const ROUNDS: usize = 41;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Pipe,
    LargePipe,
    RemotePayload,
    /// Kept in the child's memory, and then sent, as if that memory could not be read.
    Sent,
}

#[test]
#[ignore = "a measurement"]
fn where_lending_pays() {
    println!(
        "{:>9} {:>10} {:>12} {:>10} {:>10}   median microseconds",
        "KiB", "pipe", "1 MiB pipe", "remote_payload", "sent"
    );
    for kib in SIZES {
        let payload = vec![7_u8; kib * 1024];
        let rounds = if kib > 4096 { 5 } else { ROUNDS };
        let mut times = [const { Vec::new() }; 4];
        for _ in 0..rounds {
            for (way, times) in
                [Way::Pipe, Way::LargePipe, Way::RemotePayload, Way::Sent].into_iter().zip(&mut times)
            {
                times.push(once(&payload, way));
            }
        }
        let [pipe, large, remote_payload, sent] = times.map(|mut times| {
            times.sort();
            times[times.len() / 2].as_secs_f64() * 1e6
        });
        println!("{kib:>9} {pipe:>10.0} {large:>12.0} {remote_payload:>10.0} {sent:>10.0}");
    }
}

fn once(payload: &[u8], way: Way) -> Duration {
    let (reader, writer) = pipe::open().unwrap();
    let (gate, opener) = nix::unistd::pipe().unwrap();
    if way == Way::LargePipe {
        fcntl(&writer, FcntlArg::F_SETPIPE_SZ(1 << 20)).unwrap();
    }
    #[expect(clippy::disallowed_methods, reason = "a child for the measurement alone")]
    // SAFETY: the child makes system calls only, allocates little, and ends at once.
    let child = unsafe { libc::fork() };
    if child == 0 {
        drop(reader);
        let _ = read_fd(&gate, &mut [0]);
        let _ = match way {
            Way::RemotePayload | Way::Sent => lend(&writer, Kind::Value, 0, [payload].into_iter()),
            _ => channel::write(&writer, Kind::Value, 0, payload.len(), [payload].into_iter()),
        };
        // SAFETY: ends the child.
        unsafe { libc::_exit(0) };
    }
    drop(writer);
    let child = Pid::from_raw(child);
    let started = Instant::now();
    write_fd(&opener, &[0]).unwrap();
    let frame = received(&reader);
    let got = match RemotePayload::announced(&frame) {
        Some(mut remote_payload) => {
            let mut holder = ByPipe(&reader);
            if way == Way::Sent {
                remote_payload.have_sent(&mut holder).unwrap();
            }
            bytes::filled(remote_payload.length, |to| remote_payload.fetch(child, &mut holder, to)).unwrap()
        }
        None => frame.payload.to_vec(),
    };
    let took = started.elapsed();
    drop(reader);
    assert!(got == payload, "what came is not what was sent");
    waitpid(child, None).unwrap();
    took
}

fn received(pipe: &OwnedFd) -> Frame {
    let mut frame = Reader::new(0);
    loop {
        poll(&mut [PollFd::new(pipe.as_fd(), PollFlags::POLLIN)], PollTimeout::NONE).unwrap();
        match channel::read(pipe, &mut frame) {
            channel::Read::Pending => {}
            channel::Read::Finished(_) => return frame.finish().unwrap(),
            channel::Read::Closed => panic!("the child is gone"),
        }
    }
}
