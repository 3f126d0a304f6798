//! Runs real children with a real reactor, without PHP. What they do between fork and `_exit` takes no lock.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::raise;

use super::*;
use crate::process::channel;
use crate::process::child;
use crate::process::fork::{Fork, Purpose, fork};
use crate::process::identity::Process;
use crate::process::quota;
use crate::process::remote_payload;
use crate::wire::frame::{Frame, Kind, Malformed, header};

/// Runs one test at a time: a child inherits the descriptors of other tests that run at the same time.
static ALONE: Mutex<()> = Mutex::new(());
static PENDING: AtomicBool = AtomicBool::new(false);
static INTERRUPT: AtomicBool = AtomicBool::new(false);
static RAISED: AtomicBool = AtomicBool::new(false);
const FLAGS: Flags = Flags { pending: &PENDING, raised: &RAISED, interrupt: &INTERRUPT };

/// A place in the quota: there is no cap in these tests.
fn permit() -> Permit {
    quota::take(true).unwrap()
}

fn start(reactor: &mut Reactor, id: u64, work: impl FnOnce(&OwnedFd)) {
    match fork(Purpose::Outcome).unwrap() {
        Fork::Child(channel) => {
            work(&channel);
            child::end(7)
        }
        Fork::Parent(forked) => reactor.add(id, forked, permit(), 1 << 20).unwrap(),
    }
}

fn outcome(work: impl FnOnce(&OwnedFd)) -> Ended {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    start(&mut reactor, 1, work);
    let (mut told, mut ended) = (None, None);
    while ended.is_none() {
        // One call may return both.
        for news in turn(&mut reactor) {
            match news {
                News::Told { message, .. } => told = Some(message),
                News::HoldsPayload { .. } => panic!("nothing was remote"),
                News::Answered { .. }
                | News::Values { .. }
                | News::HoldsResult { .. }
                | News::Garbled { .. } => {
                    panic!("nobody stays")
                }
                News::Ended(gone) => ended = Some(gone),
            }
        }
    }
    let mut ended = ended.unwrap();
    if let Some(message) = told {
        let again = matches!(ended.message, Message::Frame(_) | Message::Malformed(_));
        assert!(!again, "what was told is not told again");
        ended.message = message;
    }
    assert_eq!(reactor.len(), 0);
    reactor.stop();
    ended
}

fn turn(reactor: &mut Reactor) -> VecDeque<News> {
    INTERRUPT.store(false, Ordering::Release);
    let mut news = VecDeque::new();
    let _ = reactor.wait(None, false, &mut news);
    news
}

/// For children that bring only one piece of news.
fn next(reactor: &mut Reactor) -> News {
    loop {
        if let Some(news) = turn(reactor).pop_back() {
            return news;
        }
    }
}

fn send(channel: &OwnedFd, payload: &[u8]) {
    channel::write(channel, Kind::Value, 3, payload.len(), [payload].into_iter()).unwrap();
}

#[test]
fn a_frame_and_the_exit_code_arrive() {
    let ended = outcome(|channel| send(channel, b"hello"));
    let frame = Frame { kind: Kind::Value, format: 3, payload: b"hello".to_vec().into() };
    assert_eq!((ended.id, ended.message, ended.exit), (1, Message::Frame(frame), Exit::Code(7)));
}

#[test]
fn a_payload_larger_than_the_pipe_arrives_whole() {
    let payload = vec![0x5A; 900_000];
    let ended = outcome(|channel| send(channel, &payload));
    assert!(matches!(ended.message, Message::Frame(frame) if *frame.payload == payload[..]));
}

#[test]
fn silence_is_told_with_the_way_it_ended() {
    let ended = outcome(|_| {});
    assert_eq!((ended.message, ended.exit), (Message::Nothing, Exit::Code(7)));
    let ended = outcome(|_| raise(Signal::SIGKILL).unwrap());
    let killed = Exit::Signal { number: libc::SIGKILL, core: false };
    assert_eq!((ended.message, ended.exit), (Message::Nothing, killed));
}

#[test]
fn half_a_frame_is_truncated() {
    let ended = outcome(|channel| {
        nix::unistd::write(channel, &header(Kind::Value, 0, 100)).unwrap();
    });
    assert_eq!(ended.message, Message::Truncated);
}

#[test]
fn foreign_bytes_are_malformed_and_too_many_are_refused() {
    let ended = outcome(|channel| {
        nix::unistd::write(channel, b"a warning of something").unwrap();
    });
    assert_eq!(ended.message, Message::Malformed(Malformed::Header));
    let ended = outcome(|channel| {
        nix::unistd::write(channel, &header(Kind::Value, 0, 2 << 20)).unwrap();
    });
    let refused = Malformed::TooLong { length: 2 << 20, limit: 1 << 20 };
    assert_eq!(ended.message, Message::Malformed(refused));
}

#[test]
fn a_grandchild_that_holds_the_pipe_delays_nobody() {
    let (waits, opens) = nix::unistd::pipe().unwrap();
    let ended = outcome(|_| {
        if let Fork::Child(_) = fork(Purpose::Outcome).unwrap() {
            // The grandchild shall not end with its parent, but when the test closes the other end of the pipe.
            nix::sys::prctl::set_pdeathsig(None).unwrap();
            nix::unistd::close(opens.as_raw_fd()).unwrap();
            let _ = nix::unistd::read(&waits, &mut [0]);
            child::end(0);
        }
    });
    assert_eq!((ended.message, ended.exit), (Message::Nothing, Exit::Code(7)));
    drop(opens);
}

#[test]
fn the_notifier_raises_both_flags_once_armed() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    PENDING.store(false, Ordering::Release);
    start(&mut reactor, 1, |_| {});
    reactor.arm(None, false);
    while !PENDING.load(Ordering::Acquire) {
        std::thread::yield_now();
    }
    while !INTERRUPT.swap(false, Ordering::AcqRel) {
        std::thread::yield_now();
    }
    let mut ended = VecDeque::new();
    reactor.wait(Some(Duration::ZERO), false, &mut ended).unwrap();
    // The pipe may have been closed a moment before the process ended.
    if ended.is_empty() {
        next(&mut reactor);
    }
    reactor.stop();
}

#[test]
fn news_that_comes_during_a_fork_is_told_afterwards_without_the_thread() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let (waits, opens) = nix::unistd::pipe().unwrap();
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    start(&mut reactor, 1, |channel| {
        nix::unistd::read(&waits, &mut [0]).unwrap();
        send(channel, b"news");
    });
    PENDING.store(false, Ordering::Release);
    reactor.arm(None, false);
    reactor.before_fork();
    nix::unistd::write(&opens, b"x").unwrap();
    let readable = PollFd::new(reactor.registry.descriptor().as_fd(), PollFlags::POLLIN);
    assert_eq!(poll(&mut [readable], PollTimeout::NONE), Ok(1));
    assert!(!PENDING.load(Ordering::Acquire), "the notifier is not armed");
    reactor.arm(None, false);
    assert!(PENDING.load(Ordering::Acquire), "by this call, and not some time later");
    while !matches!(next(&mut reactor), News::Ended(_)) {}
    reactor.stop();
}

#[test]
fn all_are_killed_and_reaped() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    for id in 0..3 {
        start(&mut reactor, id, |_| {
            loop {
                nix::unistd::pause();
            }
        });
    }
    assert_eq!(reactor.kill_all(), []);
    assert_eq!(reactor.len(), 0);
    reactor.stop();
}

#[test]
fn a_loan_is_copied_from_the_memory_of_the_child() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    let pieces: Vec<Vec<u8>> = (0..3000u32).map(|n| n.to_le_bytes().repeat(n as usize % 7)).collect();
    let whole = pieces.concat();
    start(&mut reactor, 5, |channel| {
        remote_payload::lend(channel, Kind::Value, 2, pieces.iter().map(Vec::as_slice)).unwrap();
    });
    let News::HoldsPayload { id, mut remote_payload } = next(&mut reactor) else {
        panic!("no remote_payload");
    };
    assert_eq!(
        (id, remote_payload.kind, remote_payload.format, remote_payload.length),
        (5, Kind::Value, 2, whole.len())
    );
    let mut copy = Vec::with_capacity(remote_payload.length);
    reactor.fetch(id, &mut remote_payload, &mut copy.spare_capacity_mut()[..whole.len()]).unwrap();
    // SAFETY: `fetch` filled all of it.
    unsafe { copy.set_len(remote_payload.length) };
    assert_eq!(copy, whole);
    reactor.release(id);
    assert!(matches!(next(&mut reactor), News::Ended(Ended { exit: Exit::Code(7), .. })));
    reactor.stop();
}

/// From now on the kernel returns EPERM to this thread, and to the processes it forks, when they want to read the
/// memory of other processes.
fn read_no_memory() {
    let rule = |code: u32, jf, k| libc::sock_filter { code: u16::try_from(code).unwrap(), jt: 0, jf, k };
    let refused = libc::SECCOMP_RET_ERRNO | Errno::EPERM as u32;
    let mut rules = [
        rule(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0),
        rule(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 1, libc::SYS_process_vm_readv.try_into().unwrap()),
        rule(libc::BPF_RET | libc::BPF_K, 0, refused),
        rule(libc::BPF_RET | libc::BPF_K, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog { len: 4, filter: rules.as_mut_ptr() };
    // SAFETY: numbers only.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: the program is valid for the duration of the call.
    let set = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) };
    assert_eq!(set, 0);
}

#[test]
fn a_loan_that_may_not_be_read_is_sent() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let pieces: Vec<Vec<u8>> = (0..3000u32).map(|n| n.to_le_bytes().repeat(n as usize % 70)).collect();
    let whole = pieces.concat();
    // In a thread of its own, as this cannot be undone.
    let refused_from = |start_at: usize| {
        let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
        start(&mut reactor, 5, |channel| {
            remote_payload::lend(channel, Kind::Value, 2, pieces.iter().map(Vec::as_slice)).unwrap();
        });
        let News::HoldsPayload { id, mut remote_payload } = next(&mut reactor) else {
            panic!("no remote_payload");
        };
        let mut copy = Vec::with_capacity(remote_payload.length);
        let (first, rest) = copy.spare_capacity_mut()[..whole.len()].split_at_mut(start_at);
        reactor.fetch(id, &mut remote_payload, first).unwrap();
        read_no_memory();
        reactor.check(id, &remote_payload).unwrap();
        for part in rest.chunks_mut(100_000) {
            reactor.fetch(id, &mut remote_payload, part).unwrap();
        }
        // SAFETY: `fetch` filled all of it.
        unsafe { copy.set_len(remote_payload.length) };
        assert_eq!(copy, whole);
        reactor.release(id);
        assert!(matches!(next(&mut reactor), News::Ended(Ended { exit: Exit::Code(7), .. })));
        reactor.stop();
    };
    for start_at in [0, 12_345] {
        std::thread::scope(|scope| scope.spawn(|| refused_from(start_at)).join().unwrap());
    }
}

#[test]
fn a_lender_that_dies_is_an_end_and_no_loan() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    start(&mut reactor, 5, |channel| {
        remote_payload::lend(channel, Kind::Value, 2, [&b"lost"[..]].into_iter()).unwrap();
    });
    let News::HoldsPayload { id, mut remote_payload } = next(&mut reactor) else {
        panic!("no remote_payload");
    };
    reactor.signal(id, Signal::SIGKILL).unwrap();
    let News::Ended(ended) = next(&mut reactor) else {
        panic!("no end");
    };
    assert_eq!(ended.message, Message::Nothing);
    assert_eq!(reactor.fetch(id, &mut remote_payload, &mut []), Err(Errno::ESRCH));
    reactor.stop();
}

#[test]
fn without_pidfds_every_end_is_heard_too() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    let mut start = |id, work: fn(&OwnedFd)| match fork(Purpose::Outcome).unwrap() {
        Fork::Child(channel) => {
            work(&channel);
            child::end(7)
        }
        Fork::Parent(forked) => reactor.add(id, Child { pidfd: None, ..forked }, permit(), 0).unwrap(),
    };
    start(1, |channel| send(channel, b"hello"));
    start(2, |_| raise(Signal::SIGKILL).unwrap());
    start(3, |channel| remote_payload::lend(channel, Kind::Value, 2, [&b"remote"[..]].into_iter()).unwrap());
    while reactor.len() > 0 {
        for news in turn(&mut reactor) {
            if let News::HoldsPayload { id, .. } = news {
                reactor.release(id);
            }
        }
    }
    reactor.stop();
}

#[test]
fn without_pidfds_one_that_closes_its_pipe_and_stays_holds_nobody_up() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    match fork(Purpose::Outcome).unwrap() {
        Fork::Child(channel) => {
            drop(channel);
            loop {
                nix::unistd::pause();
            }
        }
        Fork::Parent(forked) => reactor.add(1, Child { pidfd: None, ..forked }, permit(), 0).unwrap(),
    }
    for _ in 0..5 {
        let mut news = VecDeque::new();
        let _ = reactor.wait(Some(Duration::from_millis(1)), false, &mut news);
        assert!(news.is_empty());
    }
    reactor.signal(1, Signal::SIGKILL).unwrap();
    assert!(matches!(next(&mut reactor), News::Ended(Ended { message: Message::Nothing, .. })));
    reactor.stop();
}

#[test]
fn one_that_tells_no_frame_and_stays_is_told_at_once() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    start(&mut reactor, 1, |channel| {
        nix::unistd::write(channel, b"a warning of something").unwrap();
        loop {
            nix::unistd::pause();
        }
    });
    let told = next(&mut reactor);
    assert!(matches!(told, News::Told { id: 1, message: Message::Malformed(Malformed::Header) }));
    assert_eq!(reactor.kill_all(), []);
    reactor.stop();
}

#[test]
fn a_wait_that_is_cut_short_takes_no_wake_up_with_it() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    PENDING.store(false, Ordering::Release);
    INTERRUPT.store(false, Ordering::Release);
    // A warm worker, so that there is a result ring to look at.
    start(&mut reactor, 1, |_| {
        loop {
            nix::unistd::pause();
        }
    });
    reactor.listen(1, ResultRing::new().unwrap(), (Rc::new(JobQueue::new().unwrap()), 0));
    start(&mut reactor, 2, |_| {});
    reactor.arm(None, false);
    while !PENDING.load(Ordering::Acquire) {
        std::thread::yield_now();
    }
    // The script waits in the reactor, but a signal has to be handled first, and ends the wait.
    PENDING.store(false, Ordering::Release);
    INTERRUPT.store(true, Ordering::Release);
    let mut news = VecDeque::new();
    assert_eq!(reactor.wait(Some(Duration::from_secs(1)), false, &mut news), Err(Errno::EINTR));
    assert!(news.is_empty());
    reactor.arm(None, false);
    let deadline = Instant::now() + Duration::from_secs(5);
    while !PENDING.load(Ordering::Acquire) {
        assert!(Instant::now() < deadline, "the notifier is armed again");
        std::thread::yield_now();
    }
    assert_eq!(reactor.kill_all(), []);
    reactor.stop();
}

/// An event loop of the application that waits in the kernel sees no flag.
#[test]
fn news_that_came_before_the_parent_listens_makes_its_descriptor_readable() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    let duplexes = DuplexTable::new(reactor.doorbell(None).unwrap()).unwrap();
    reactor.heed(duplexes);
    let watched = reactor.descriptor().unwrap().try_clone_to_owned().unwrap();
    let is_readable =
        || poll(&mut [PollFd::new(watched.as_fd(), PollFlags::POLLIN)], PollTimeout::from(100_u8)) == Ok(1);
    reactor.arm(None, true);
    let mut news = VecDeque::new();
    INTERRUPT.store(false, Ordering::Release);
    // As a message comes that looks where nobody listens any more.
    reactor.wait(Some(Duration::ZERO), false, &mut news).unwrap();
    let duplex = duplexes.open(7, false).unwrap();
    assert!(duplex.to_parent.send_now(Process::own(), 0, b"x"));
    duplex.ring();
    assert!(!is_readable(), "the parent has not asked for it yet");
    reactor.arm(None, true);
    assert!(is_readable());
    // The virtual machine may call where no handler can run. A later look takes the news in.
    reactor.put_off(Duration::from_secs(60));
    assert!(is_readable());
    assert_eq!(duplexes.look(), [(7, false)]);
    reactor.wait(Some(Duration::ZERO), false, &mut news).unwrap();
    reactor.arm(None, true);
    assert!(!is_readable());
    reactor.stop();
}

/// It stays readable until somebody looks after it: each interrupt would cause the next one.
#[test]
fn what_is_attended_is_waited_for_only_by_who_looks_after_it() {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut reactor = Reactor::new(Means::Thread, FLAGS).unwrap();
    INTERRUPT.store(false, Ordering::Release);
    let (reader, writer) = crate::process::pipe::open().unwrap();
    nix::unistd::write(&writer, b"x").unwrap();
    reactor.attend(reader.as_fd()).unwrap();
    let mut news = VecDeque::new();
    let mut ready = |reactor: &mut Reactor, attends: bool| {
        let is_ready = poll(
            &mut [PollFd::new(reactor.registry.descriptor().as_fd(), PollFlags::POLLIN)],
            PollTimeout::ZERO,
        );
        assert_eq!(is_ready, Ok(0), "nothing raises the flag");
        let began = Instant::now();
        reactor
            .wait(Some(Duration::from_millis(if attends { 60_000 } else { 1 })), attends, &mut news)
            .unwrap();
        began.elapsed() < Duration::from_secs(30)
    };
    assert!(ready(&mut reactor, true));
    assert!(ready(&mut reactor, false));
    reactor.disregard(reader.as_fd());
    assert!(ready(&mut reactor, false));
    assert_eq!(reactor.attended.join(&mut reactor.registry), Ok(()));
    let mut events = [crate::process::os::Token::default(); 64];
    assert_eq!(reactor.registry.wait(0, None, &mut events), Ok(0));
    reactor.stop();
}
