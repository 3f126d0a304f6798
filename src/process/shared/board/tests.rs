use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{read, write};

use super::*;
use crate::process::child::end;
use crate::process::fork::{Child, Fork, Purpose, fork};
use crate::process::shared::seat::Found;
use crate::process::wait::{Exit, Waited, end_of, wait};

fn taken(seat: &mut Seat<'_>) -> Option<(u64, Vec<u8>)> {
    let mut payload = Vec::new();
    let task = seat.take(&mut payload)?;
    seat.done();
    Some((task, payload))
}

#[test]
fn each_task_is_taken_once_and_in_order() {
    let board = Board::new().unwrap();
    let (mut one, mut other) = (board.sit(0, 0).unwrap(), board.sit(1, 0).unwrap());
    for task in 1..=3 {
        board.post(task, 0, &[7; 40]).unwrap();
    }
    assert_eq!(taken(&mut one), Some((1, vec![7; 40])));
    assert_eq!(taken(&mut other), Some((2, vec![7; 40])));
    assert_eq!(taken(&mut one), Some((3, vec![7; 40])));
    assert_eq!((taken(&mut one), taken(&mut other)), (None, None));
}

#[test]
fn the_ring_is_used_again_and_again() {
    let board = Board::new().unwrap();
    let mut seat = board.sit(0, 0).unwrap();
    let mut posted = 0;
    for task in 1..20_000u64 {
        let payload = task.to_le_bytes().repeat(usize::try_from(task % 50).unwrap());
        while board.post(task, 0, &payload) == Err(Full) {
            posted += 1;
            let expected = posted;
            assert_eq!(taken(&mut seat).map(|(task, _)| task), Some(expected));
        }
    }
    while let Some((task, payload)) = taken(&mut seat) {
        assert_eq!(payload, task.to_le_bytes().repeat(usize::try_from(task % 50).unwrap()));
    }
    assert_eq!(board.open(1), []);
}

#[test]
fn what_nobody_has_taken_is_told_with_its_length() {
    let board = Board::new().unwrap();
    let mut seat = board.sit(0, 0).unwrap();
    for task in 1..=4 {
        board.post(task, 0, &vec![7; usize::try_from(task).unwrap()]).unwrap();
    }
    assert_eq!(taken(&mut seat).map(|(task, _)| task), Some(1));
    assert!(board.retract(3));
    let mut open = Vec::new();
    board.each_open(|task, bytes| open.push((task, bytes)));
    assert_eq!(open, [(2, 2), (4, 4)]);
}

#[test]
fn what_nobody_has_taken_can_be_taken_back() {
    let board = Board::new().unwrap();
    let mut seat = board.sit(0, 0).unwrap();
    board.post(1, 0, b"").unwrap();
    board.post(2, 0, b"").unwrap();
    assert_eq!(taken(&mut seat).map(|(task, _)| task), Some(1));
    assert!(board.retract(2));
    assert!(!board.retract(1));
    assert_eq!(taken(&mut seat), None);
}

#[test]
fn children_that_are_too_old_leave_a_task_to_others() {
    let board = Board::new().unwrap();
    assert_eq!(board.seat(|_| false, 1, None), Some(0));
    assert_eq!(board.seat(|seat| seat == 0, 2, None), Some(1));
    let (mut old, mut young) = (board.sit(0, 0).unwrap(), board.sit(1, 0).unwrap());
    board.post(1, 2, b"").unwrap();
    assert_eq!(board.open(9), [2]);
    assert_eq!(taken(&mut old), None);
    assert_eq!(old.next(&mut Vec::new()), Found::Passed);
    assert_eq!(taken(&mut young).map(|(task, _)| task), Some(1));
}

#[test]
fn a_newborn_begins_with_what_others_are_too_old_for() {
    let board = Board::new().unwrap();
    assert_eq!(board.seat(|_| false, 1, None), Some(0));
    assert_eq!(board.seat(|seat| seat == 0, 3, None), Some(1));
    for (task, epoch) in [(1, 1), (2, 3), (3, 2), (4, 3), (5, 4)] {
        board.post(task, epoch, b"").unwrap();
    }
    let mut young = board.sit(1, 1).unwrap();
    let order: Vec<_> = std::iter::from_fn(|| taken(&mut young)).map(|(task, _)| task).collect();
    assert_eq!(order, [2, 1, 3, 4]);
    assert_eq!(board.open(9), [4]);
}

#[test]
fn a_death_costs_what_was_begun_and_nothing_else() {
    let board = Board::new().unwrap();
    let mut dying = board.sit(0, 0).unwrap();
    board.post(1, 0, b"one").unwrap();
    board.post(2, 0, b"two").unwrap();
    assert_eq!(dying.take(&mut Vec::new()), Some(1));
    assert!(matches!(board.progress(1), Progress::Running(0, _)));
    assert_eq!(board.progress(2), Progress::Open);
    assert_eq!(board.bury(0, |_| true), [1]);
    // Taken, but killed before it was begun.
    let cell = board.cell(0).unwrap();
    let at = board.posted.borrow().back().unwrap().at;
    cell.taken.store(at + 1, Ordering::SeqCst);
    assert!(exchange(&board.memory, at, OPEN, TAKEN));
    assert_eq!(board.bury(0, |_| true), []);
    assert_eq!(taken(&mut board.sit(1, 0).unwrap()), Some((2, b"two".to_vec())));
}

#[test]
fn a_child_that_is_not_wanted_any_more_ends() {
    let board = Board::new().unwrap();
    let mut seat = board.sit(0, 0).unwrap();
    board.post(1, 0, b"").unwrap();
    assert!(board.dismiss(0));
    assert_eq!(seat.next(&mut Vec::new()), Found::End);
    board.close();
    let mut other = board.sit(1, 0).unwrap();
    assert_eq!(other.next(&mut Vec::new()), Found::Task(1));
    assert_eq!(other.next(&mut Vec::new()), Found::End);
}

#[test]
fn one_that_died_in_its_sleep_is_not_taken_for_one_that_looks() {
    let board = Board::new().unwrap();
    board.sit(0, 0).unwrap();
    board.cell(0).unwrap().rest.store(ASLEEP, Ordering::SeqCst);
    board.memory.head().sleeps(0);
    assert_eq!(board.bury(0, |_| true), []);
    board.post(1, 0, b"").unwrap();
    assert_eq!(board.memory.head().searching.load(Ordering::SeqCst), 0, "nobody was there to be woken");
}

#[test]
fn no_item_begins_once_its_child_was_found_at_another_after_its_dismissal() {
    let board = Board::new().unwrap();
    let seat = board.sit(0, 0).unwrap();
    board.time_items(0);
    assert_eq!(board.item(0), None);
    assert!(seat.begin(1));
    let (item, _) = board.item(0).unwrap();
    board.dismiss(0);
    assert_eq!(board.item(0).map(|(item, _)| item), Some(item));
    seat.rest();
    assert_eq!(board.item(0), None);
    assert!(!seat.begin(2));
    assert_eq!((board.begun(0), board.item(0)), (1, None));
}

#[test]
fn items_are_timed_from_when_somebody_wants_to_know() {
    let board = Board::new().unwrap();
    let seat = board.sit(0, 0).unwrap();
    assert!(seat.begin(1));
    assert_eq!(board.item(0), None);
    board.time_items(0);
    let (first, _) = board.item(0).unwrap();
    board.time_items(0);
    assert_eq!(board.item(0).map(|(item, _)| item), Some(first));
    seat.rest();
    assert!(seat.begin(2));
    assert!(board.item(0).is_some_and(|(item, _)| item != first));
}

/// Two children that leave after a short while, which are real processes; each tells what it takes, and waits then.
struct Idlers {
    board: Board,
    told: (OwnedFd, OwnedFd),
    go_on: (OwnedFd, OwnedFd),
    children: [Option<Child>; 2],
    forks: u32,
}

impl Idlers {
    fn new() -> Self {
        let pipe = || nix::unistd::pipe2(OFlag::O_CLOEXEC).unwrap();
        Self { board: Board::new().unwrap(), told: pipe(), go_on: pipe(), children: [None, None], forks: 0 }
    }

    fn hire(&mut self, seat: usize, patience: Duration) {
        assert_eq!(self.board.seat(|used| used != seat, 0, Some(patience)), Some(seat));
        self.forks += 1;
        match fork(Purpose::End).unwrap() {
            Fork::Child(_) => {
                let mut own = self.board.sit(seat, 0).unwrap();
                while let Found::Task(task) = own.next(&mut Vec::new()) {
                    write(&self.told.1, &task.to_le_bytes()).unwrap();
                    read(&self.go_on.0, &mut [0]).unwrap();
                    own.done();
                }
                end(0)
            }
            Fork::Parent(child) => self.children[seat] = Some(child),
        }
    }

    /// As the parent does it after a post: whoever has left is replaced.
    fn replace(&mut self, patience: Duration) {
        if !self.board.is_anybody_leaving() {
            return;
        }
        for seat in 0..2 {
            if self.board.has_left(seat) {
                let child = self.children[seat].take().unwrap();
                assert_eq!(end_of(child.pid), Waited::Ended(Exit::Code(0)));
                assert_eq!(self.board.bury(seat, |_| false), []);
                self.hire(seat, patience);
            }
        }
    }

    fn next_taken(&self) -> Option<u64> {
        let mut ready = [PollFd::new(self.told.0.as_fd(), PollFlags::POLLIN)];
        if poll(&mut ready, PollTimeout::from(10_000_u16)) != Ok(1) {
            return None;
        }
        let mut task = [0; 8];
        read(&self.told.0, &mut task).unwrap();
        Some(u64::from_le_bytes(task))
    }
}

impl Drop for Idlers {
    fn drop(&mut self) {
        for child in self.children.iter().flatten() {
            let _ = kill(child.pid, Signal::SIGKILL);
            end_of(child.pid);
        }
    }
}

#[test]
fn a_child_without_work_leaves_and_its_seat_says_so() {
    let mut idlers = Idlers::new();
    idlers.hire(0, Duration::from_millis(1));
    let child = idlers.children[0].take().unwrap();
    assert_eq!(end_of(child.pid), Waited::Ended(Exit::Code(0)));
    assert!(idlers.board.is_anybody_leaving());
    assert!(idlers.board.has_left(0));
    assert!(!idlers.board.has_left(1));
    assert_eq!(idlers.board.bury(0, |_| true), []);
    assert!(!idlers.board.is_anybody_leaving());
    assert!(!idlers.board.has_left(0));
}

#[test]
fn one_with_endless_patience_stays_until_it_is_told() {
    let mut idlers = Idlers::new();
    idlers.hire(0, Duration::from_secs(3600));
    idlers.board.be_patient(0, None);
    let child = idlers.children[0].take().unwrap();
    while idlers.board.memory.head().sleepers().next().is_none() {
        std::thread::yield_now();
    }
    assert_eq!(wait(child.pid), Waited::Running);
    idlers.board.dismiss(0);
    assert_eq!(end_of(child.pid), Waited::Ended(Exit::Code(0)));
}

/// Two tasks are posted just when both children are about to leave. Neither child goes on before both tasks are taken: a
/// parent that counted on somebody who left would wait in vain.
#[test]
fn who_leaves_when_a_task_is_posted_takes_it_or_is_known_to_be_gone() {
    let mut idlers = Idlers::new();
    let patience = Duration::from_micros(300);
    (0..2).for_each(|seat| idlers.hire(seat, patience));
    for round in 1..=1500_u64 {
        // Before, at, and after the moment when they leave.
        let until = Instant::now() + Duration::from_micros(280 + round * 7 % 120);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        let tasks = [2 * round, 2 * round + 1];
        for task in tasks {
            idlers.board.post(task, 0, b"").unwrap();
        }
        idlers.replace(patience);
        let mut taken = [(); 2].map(|()| idlers.next_taken().expect("somebody left, and nobody knows"));
        taken.sort_unstable();
        assert_eq!(taken, tasks);
        write(&idlers.go_on.1, b"..").unwrap();
    }
    // Else it shows nothing.
    assert!((20..2800).contains(&idlers.forks), "{} forks", idlers.forks);
}

#[test]
fn a_child_answers_for_what_it_was_given_and_once() {
    let board = Board::new().unwrap();
    let mut one = board.sit(0, 0).unwrap();
    for task in 1..=3 {
        board.post(task, 0, b"").unwrap();
    }
    assert_eq!(one.take(&mut Vec::new()), Some(1));
    assert!(!board.admit(1, 1, true), "another child has it");
    assert!(!board.admit(0, 2, true), "nobody has it");
    assert!(!board.admit(0, 9, true), "it was never posted");
    assert!(board.admit(0, 1, false) && board.admit(0, 1, true));
    assert!(!board.admit(0, 1, true), "it is over");
    assert!(board.retract(2) && !board.admit(0, 2, true));
    assert_eq!(board.look(|_| true).open, [3]);
}

#[test]
fn who_has_a_task_is_known_when_its_place_has_been_used_again() {
    let board = Board::new().unwrap();
    let (mut one, mut other) = (board.sit(0, 0).unwrap(), board.sit(1, 0).unwrap());
    board.post(1, 0, &[1; 100]).unwrap();
    assert_eq!(one.take(&mut Vec::new()), Some(1));
    for task in 2..10_000 {
        board.post(task, 0, &[2; 100]).unwrap();
        assert_eq!(taken(&mut other).map(|(task, _)| task), Some(task));
        assert!(board.admit(1, task, true));
    }
    assert!(matches!(board.progress(1), Progress::Running(0, _)));
    assert!(!board.admit(1, 1, true));
    assert_eq!(board.bury(1, |_| true), []);
    assert!(board.admit(0, 1, false));
    assert_eq!(board.bury(0, |_| true), [1]);
    assert!(!board.admit(0, 1, true));
}

#[test]
fn what_makes_no_sense_is_seen() {
    let board = Board::new().unwrap();
    let mut seat = board.sit(0, 0).unwrap();
    for task in 1..=3 {
        board.post(task, 0, b"").unwrap();
    }
    assert_eq!(seat.take(&mut Vec::new()), Some(1));
    assert_eq!((board.look(|_| true).busy, board.look(|task| task > 1).busy), (vec![1], vec![]));
    board.cell(0).unwrap().task.store(7, Ordering::SeqCst);
    entry(&board.memory, board.posted.borrow()[1].at).unwrap().state.store(77, Ordering::SeqCst);
    let look = board.look(|_| true);
    assert_eq!((look.open, look.busy, look.adrift, look.lost), (vec![3], vec![], vec![(0, 1)], vec![2]));
    assert_eq!((board.progress(1), board.progress(2)), (Progress::Taken(0), Progress::Unknown));
}

#[test]
fn a_child_ends_when_what_it_goes_by_makes_no_sense() {
    let far = u64::MAX - 8;
    for (start, end) in [(0, far), (far, 0), (32, 0), (8, 64)] {
        let board = Board::new().unwrap();
        let mut seat = board.sit(0, far).unwrap();
        let head = board.memory.head();
        head.start.store(start, Ordering::SeqCst);
        head.end.store(end, Ordering::SeqCst);
        assert_eq!(seat.next(&mut Vec::new()), Found::End);
        assert_eq!(board.seat(|_| false, 0, None), Some(0));
        board.post(1, 0, b"").unwrap();
        assert_eq!(board.sit(0, 0).unwrap().next(&mut Vec::new()), Found::Task(1));
    }
}
