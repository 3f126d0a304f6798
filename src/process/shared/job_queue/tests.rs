use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{read, write};

use super::*;
use crate::process::child::end;
use crate::process::fork::{Child, Fork, Purpose, fork};
use crate::process::shared::cells::ASLEEP;
use crate::process::shared::slot::Found;
use crate::process::wait::{Exit, Waited, end_of, wait};

fn taken(slot: &mut WorkerSlot<'_>) -> Option<(u64, Vec<u8>)> {
    let mut payload = Vec::new();
    let task = slot.take(&mut payload)?;
    slot.done();
    Some((task, payload))
}

#[test]
fn each_task_is_taken_once_and_in_order() {
    let job_queue = JobQueue::new().unwrap();
    let (mut one, mut other) = (job_queue.sit(0, 0).unwrap(), job_queue.sit(1, 0).unwrap());
    for task in 1..=3 {
        job_queue.post(task, 0, &[7; 40]).unwrap();
    }
    assert_eq!(taken(&mut one), Some((1, vec![7; 40])));
    assert_eq!(taken(&mut other), Some((2, vec![7; 40])));
    assert_eq!(taken(&mut one), Some((3, vec![7; 40])));
    assert_eq!((taken(&mut one), taken(&mut other)), (None, None));
}

#[test]
fn the_ring_is_used_again_and_again() {
    let job_queue = JobQueue::new().unwrap();
    let mut slot = job_queue.sit(0, 0).unwrap();
    let mut posted = 0;
    for task in 1..20_000u64 {
        let payload = task.to_le_bytes().repeat(usize::try_from(task % 50).unwrap());
        while job_queue.post(task, 0, &payload) == Err(Full) {
            posted += 1;
            let expected = posted;
            assert_eq!(taken(&mut slot).map(|(task, _)| task), Some(expected));
        }
    }
    while let Some((task, payload)) = taken(&mut slot) {
        assert_eq!(payload, task.to_le_bytes().repeat(usize::try_from(task % 50).unwrap()));
    }
    assert_eq!(job_queue.open(1), []);
}

#[test]
fn what_nobody_has_taken_is_told_with_its_length() {
    let job_queue = JobQueue::new().unwrap();
    let mut slot = job_queue.sit(0, 0).unwrap();
    for task in 1..=4 {
        job_queue.post(task, 0, &vec![7; usize::try_from(task).unwrap()]).unwrap();
    }
    assert_eq!(taken(&mut slot).map(|(task, _)| task), Some(1));
    assert!(job_queue.retract(3));
    let mut open = Vec::new();
    job_queue.each_open(|task, bytes| open.push((task, bytes)));
    assert_eq!(open, [(2, 2), (4, 4)]);
}

#[test]
fn what_nobody_has_taken_can_be_taken_back() {
    let job_queue = JobQueue::new().unwrap();
    let mut slot = job_queue.sit(0, 0).unwrap();
    job_queue.post(1, 0, b"").unwrap();
    job_queue.post(2, 0, b"").unwrap();
    assert_eq!(taken(&mut slot).map(|(task, _)| task), Some(1));
    assert!(job_queue.retract(2));
    assert!(!job_queue.retract(1));
    assert_eq!(taken(&mut slot), None);
}

#[test]
fn children_that_are_too_old_leave_a_task_to_others() {
    let job_queue = JobQueue::new().unwrap();
    assert_eq!(job_queue.slot(|_| false, 1, None), Some(0));
    assert_eq!(job_queue.slot(|slot| slot == 0, 2, None), Some(1));
    let (mut old, mut young) = (job_queue.sit(0, 0).unwrap(), job_queue.sit(1, 0).unwrap());
    job_queue.post(1, 2, b"").unwrap();
    assert_eq!(job_queue.open(9), [2]);
    assert_eq!(taken(&mut old), None);
    assert_eq!(old.next(&mut Vec::new()), Found::Passed);
    assert_eq!(taken(&mut young).map(|(task, _)| task), Some(1));
}

#[test]
fn a_newborn_begins_with_what_others_are_too_old_for() {
    let job_queue = JobQueue::new().unwrap();
    assert_eq!(job_queue.slot(|_| false, 1, None), Some(0));
    assert_eq!(job_queue.slot(|slot| slot == 0, 3, None), Some(1));
    for (task, epoch) in [(1, 1), (2, 3), (3, 2), (4, 3), (5, 4)] {
        job_queue.post(task, epoch, b"").unwrap();
    }
    let mut young = job_queue.sit(1, 1).unwrap();
    let order: Vec<_> = std::iter::from_fn(|| taken(&mut young)).map(|(task, _)| task).collect();
    assert_eq!(order, [2, 1, 3, 4]);
    assert_eq!(job_queue.open(9), [4]);
}

#[test]
fn a_death_costs_what_was_begun_and_nothing_else() {
    let job_queue = JobQueue::new().unwrap();
    let mut dying = job_queue.sit(0, 0).unwrap();
    job_queue.post(1, 0, b"one").unwrap();
    job_queue.post(2, 0, b"two").unwrap();
    assert_eq!(dying.take(&mut Vec::new()), Some(1));
    assert!(matches!(job_queue.progress(1), Progress::Running(0, _)));
    assert_eq!(job_queue.progress(2), Progress::Open);
    assert_eq!(job_queue.reap(0, |_| true).begun, [1]);
    // Taken, but the child is killed before it begins.
    let cell = job_queue.cell(0).unwrap();
    let at = job_queue.posted.borrow().back().unwrap().at;
    cell.taken.store(at + 1, Ordering::SeqCst);
    assert!(exchange(&job_queue.memory, at, OPEN, TAKEN));
    assert_eq!(job_queue.reap(0, |_| true).begun, []);
    assert_eq!(taken(&mut job_queue.sit(1, 0).unwrap()), Some((2, b"two".to_vec())));
}

#[test]
fn a_child_that_is_not_wanted_any_more_ends() {
    let job_queue = JobQueue::new().unwrap();
    let mut slot = job_queue.sit(0, 0).unwrap();
    job_queue.post(1, 0, b"").unwrap();
    assert!(job_queue.dismiss(0));
    assert_eq!(slot.next(&mut Vec::new()), Found::End);
    job_queue.close();
    let mut other = job_queue.sit(1, 0).unwrap();
    assert_eq!(other.next(&mut Vec::new()), Found::Task(1));
    assert!(!job_queue.has_left(1));
    assert_eq!(other.next(&mut Vec::new()), Found::End);
    assert!(job_queue.has_left(1), "its end costs no task");
    assert_eq!(job_queue.slot(|_| false, 0, None), Some(0));
    job_queue.reopen();
    assert!(!job_queue.has_left(0), "the next one stays");
}

#[test]
fn one_that_died_in_its_sleep_is_not_taken_for_one_that_looks() {
    let job_queue = JobQueue::new().unwrap();
    job_queue.sit(0, 0).unwrap();
    job_queue.cell(0).unwrap().rest.store(ASLEEP, Ordering::SeqCst);
    job_queue.memory.head().sleeps(0);
    assert_eq!(job_queue.reap(0, |_| true).begun, []);
    job_queue.post(1, 0, b"").unwrap();
    assert_eq!(job_queue.memory.head().searching.load(Ordering::SeqCst), 0, "nobody was there to be woken");
}

#[test]
fn no_item_begins_once_its_child_was_found_at_another_after_its_dismissal() {
    let job_queue = JobQueue::new().unwrap();
    let slot = job_queue.sit(0, 0).unwrap();
    job_queue.time_items(0);
    assert_eq!(job_queue.item(0), None);
    assert!(slot.begin(1));
    let (item, _) = job_queue.item(0).unwrap();
    job_queue.dismiss(0);
    assert_eq!(job_queue.item(0).map(|(item, _)| item), Some(item));
    slot.rest();
    assert_eq!(job_queue.item(0), None);
    assert!(!slot.begin(2));
    assert_eq!((job_queue.begun(0), job_queue.item(0)), (1, None));
}

#[test]
fn items_are_timed_from_when_somebody_wants_to_know() {
    let job_queue = JobQueue::new().unwrap();
    let slot = job_queue.sit(0, 0).unwrap();
    assert!(slot.begin(1));
    assert_eq!(job_queue.item(0), None);
    job_queue.time_items(0);
    let (first, _) = job_queue.item(0).unwrap();
    job_queue.time_items(0);
    assert_eq!(job_queue.item(0).map(|(item, _)| item), Some(first));
    slot.rest();
    assert!(slot.begin(2));
    assert!(job_queue.item(0).is_some_and(|(item, _)| item != first));
}

/// Two real child processes that leave after a short time without work. Each reports what it takes, and then waits to
/// be let on.
struct Idlers {
    job_queue: JobQueue,
    told: (OwnedFd, OwnedFd),
    go_on: (OwnedFd, OwnedFd),
    children: [Option<Child>; 2],
    forks: u32,
}

impl Idlers {
    fn new() -> Self {
        let pipe = || nix::unistd::pipe2(OFlag::O_CLOEXEC).unwrap();
        Self {
            job_queue: JobQueue::new().unwrap(),
            told: pipe(),
            go_on: pipe(),
            children: [None, None],
            forks: 0,
        }
    }

    fn spawn_warm(&mut self, slot: usize, patience: Duration) {
        assert_eq!(self.job_queue.slot(|used| used != slot, 0, Some(patience)), Some(slot));
        self.forks += 1;
        match fork(Purpose::End).unwrap() {
            Fork::Child(_) => {
                let mut own = self.job_queue.sit(slot, 0).unwrap();
                while let Found::Task(task) = own.next(&mut Vec::new()) {
                    write(&self.told.1, &task.to_le_bytes()).unwrap();
                    read(&self.go_on.0, &mut [0]).unwrap();
                    own.done();
                }
                end(0)
            }
            Fork::Parent(child) => self.children[slot] = Some(child),
        }
    }

    /// Replaces children that have left, as the parent does after a post.
    fn replace(&mut self, patience: Duration) {
        if !self.job_queue.is_anybody_leaving() {
            return;
        }
        for slot in 0..2 {
            if self.job_queue.has_left(slot) {
                let child = self.children[slot].take().unwrap();
                assert_eq!(end_of(child.pid), Waited::Ended(Exit::Code(0)));
                assert_eq!(self.job_queue.reap(slot, |_| false).begun, []);
                self.spawn_warm(slot, patience);
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
    idlers.spawn_warm(0, Duration::from_millis(1));
    let child = idlers.children[0].take().unwrap();
    assert_eq!(end_of(child.pid), Waited::Ended(Exit::Code(0)));
    assert!(idlers.job_queue.is_anybody_leaving());
    assert!(idlers.job_queue.has_left(0));
    assert!(!idlers.job_queue.has_left(1));
    assert_eq!(idlers.job_queue.reap(0, |_| true).begun, []);
    assert!(!idlers.job_queue.is_anybody_leaving());
    assert!(!idlers.job_queue.has_left(0));
}

#[test]
fn one_with_endless_patience_stays_until_it_is_told() {
    let mut idlers = Idlers::new();
    idlers.spawn_warm(0, Duration::from_secs(3600));
    idlers.job_queue.be_patient(0, None);
    let child = idlers.children[0].take().unwrap();
    while idlers.job_queue.memory.head().sleepers().next().is_none() {
        std::thread::yield_now();
    }
    assert_eq!(wait(child.pid), Waited::Running);
    idlers.job_queue.dismiss(0);
    assert_eq!(end_of(child.pid), Waited::Ended(Exit::Code(0)));
}

/// Two tasks are posted just when both children are about to leave. No child may continue before both tasks are taken:
/// a parent that relied on a child that has left would wait in vain.
#[test]
fn who_leaves_when_a_task_is_posted_takes_it_or_is_known_to_be_gone() {
    let mut idlers = Idlers::new();
    let patience = Duration::from_micros(300);
    (0..2).for_each(|slot| idlers.spawn_warm(slot, patience));
    for round in 1..=1500_u64 {
        // At once, when one has left, and else before, at and after that moment.
        let until = Instant::now() + Duration::from_micros(280 + round * 7 % 120);
        match round % 8 {
            0 => {}
            1 => while !idlers.job_queue.is_anybody_leaving() {},
            _ => while Instant::now() < until {},
        }
        let tasks = [2 * round, 2 * round + 1];
        for task in tasks {
            idlers.job_queue.post(task, 0, b"").unwrap();
        }
        idlers.replace(patience);
        let mut taken = [(); 2].map(|()| idlers.next_taken().expect("somebody left, and nobody knows"));
        taken.sort_unstable();
        assert_eq!(taken, tasks);
        write(&idlers.go_on.1, b"..").unwrap();
    }
    // If children never left, or always did, the test would show nothing.
    assert!((180..2950).contains(&idlers.forks), "{} forks", idlers.forks);
}

#[test]
fn a_child_answers_for_what_it_was_given_and_once() {
    let job_queue = JobQueue::new().unwrap();
    let mut one = job_queue.sit(0, 0).unwrap();
    for task in 1..=3 {
        job_queue.post(task, 0, b"").unwrap();
    }
    assert_eq!(one.take(&mut Vec::new()), Some(1));
    assert!(!job_queue.admit(1, 1, true), "another child has it");
    assert!(!job_queue.admit(0, 2, true), "nobody has it");
    assert!(!job_queue.admit(0, 9, true), "it was never posted");
    assert!(job_queue.admit(0, 1, false) && job_queue.admit(0, 1, true));
    assert!(!job_queue.admit(0, 1, true), "it is over");
    assert!(job_queue.retract(2) && !job_queue.admit(0, 2, true));
    assert_eq!(job_queue.look(|_| true).open, [3]);
}

#[test]
fn who_has_a_task_is_known_when_its_place_has_been_used_again() {
    let job_queue = JobQueue::new().unwrap();
    let (mut one, mut other) = (job_queue.sit(0, 0).unwrap(), job_queue.sit(1, 0).unwrap());
    job_queue.post(1, 0, &[1; 100]).unwrap();
    assert_eq!(one.take(&mut Vec::new()), Some(1));
    for task in 2..10_000 {
        job_queue.post(task, 0, &[2; 100]).unwrap();
        assert_eq!(taken(&mut other).map(|(task, _)| task), Some(task));
        assert!(job_queue.admit(1, task, true));
    }
    assert!(matches!(job_queue.progress(1), Progress::Running(0, _)));
    assert!(!job_queue.admit(1, 1, true));
    assert_eq!(job_queue.reap(1, |_| true).begun, []);
    assert!(job_queue.admit(0, 1, false));
    assert_eq!(job_queue.reap(0, |_| true).begun, [1]);
    assert!(!job_queue.admit(0, 1, true));
}

#[test]
fn what_makes_no_sense_is_seen() {
    let job_queue = JobQueue::new().unwrap();
    let mut slot = job_queue.sit(0, 0).unwrap();
    for task in 1..=3 {
        job_queue.post(task, 0, b"").unwrap();
    }
    assert_eq!(slot.take(&mut Vec::new()), Some(1));
    assert_eq!((job_queue.look(|_| true).busy, job_queue.look(|task| task > 1).busy), (vec![1], vec![]));
    job_queue.cell(0).unwrap().task.store(7, Ordering::SeqCst);
    entry(&job_queue.memory, job_queue.posted.borrow()[1].at).unwrap().state.store(77, Ordering::SeqCst);
    let look = job_queue.look(|_| true);
    assert_eq!((look.open, look.busy, look.adrift, look.lost), (vec![3], vec![], vec![(0, 1)], vec![2]));
    assert_eq!((job_queue.progress(1), job_queue.progress(2)), (Progress::Taken(0), Progress::Unknown));
}

#[test]
fn what_a_child_was_killed_before_it_began_is_seen() {
    let job_queue = JobQueue::new().unwrap();
    let mut slot = job_queue.sit(0, 0).unwrap();
    (1..=3).for_each(|task| job_queue.post(task, 0, b"").unwrap());
    assert_eq!(slot.take(&mut Vec::new()), Some(1));
    let at = job_queue.posted.borrow()[1].at;
    assert!(exchange(&job_queue.memory, at, OPEN, TAKEN));
    let look = job_queue.look(|_| true);
    assert_eq!((look.busy, look.adrift, look.unbegun, look.open), (vec![1], vec![(0, 2)], vec![2], vec![3]));
    job_queue.cell(0).unwrap().task.store(2, Ordering::SeqCst);
    assert_eq!((job_queue.look(|_| true).busy, job_queue.look(|_| true).unbegun), (vec![2], vec![]));
    job_queue.cell(0).unwrap().task.store(1, Ordering::SeqCst);
    // It has answered: an entry that says otherwise was written over.
    job_queue.posted.borrow_mut()[1].by = Some(0);
    assert_eq!(job_queue.look(|_| true).unbegun, []);
}

#[test]
fn a_child_ends_when_what_it_goes_by_makes_no_sense() {
    let far = u64::MAX - 8;
    for (start, end) in [(0, far), (far, 0), (32, 0), (8, 64)] {
        let job_queue = JobQueue::new().unwrap();
        let mut slot = job_queue.sit(0, far).unwrap();
        let head = job_queue.memory.head();
        head.start.store(start, Ordering::SeqCst);
        head.end.store(end, Ordering::SeqCst);
        assert_eq!(slot.next(&mut Vec::new()), Found::End);
        assert_eq!(job_queue.slot(|_| false, 0, None), Some(0));
        job_queue.post(1, 0, b"").unwrap();
        assert_eq!(job_queue.sit(0, 0).unwrap().next(&mut Vec::new()), Found::Task(1));
    }
}

#[test]
fn what_a_child_has_answered_is_no_other_childs() {
    let job_queue = JobQueue::new().unwrap();
    let (mut one, mut other) = (job_queue.sit(0, 0).unwrap(), job_queue.sit(1, 0).unwrap());
    job_queue.post(1, 0, &[]).unwrap();
    assert_eq!(one.take(&mut Vec::new()), Some(1));
    assert!(job_queue.admit(0, 1, false));
    // A task has written over the entry: it is open once more.
    exchange(&job_queue.memory, 0, RUN, OPEN);
    assert_eq!(job_queue.open(1), []);
    assert_eq!(job_queue.progress(1), Progress::Unknown);
    assert_eq!(job_queue.look(|_| true).lost, [1]);
    assert_eq!(other.take(&mut Vec::new()), Some(1));
    assert!(!job_queue.admit(1, 1, false));
    assert!(!job_queue.admit(0, 1, false), "the entry names the other one");
    assert_eq!(job_queue.reap(1, |_| true).begun, []);
    assert_eq!(job_queue.reap(0, |_| true).begun, [1], "the first one has had it");
}

#[test]
fn what_a_dead_child_had_taken_is_given_back_where_there_is_no_room_for_it() {
    let job_queue = JobQueue::new().unwrap();
    let payload = vec![0; LONGEST];
    // The first one keeps the others from being cleared away.
    let last = (1..10_000).find(|&task| job_queue.post(task, 0, &payload).is_err()).unwrap() - 1;
    let at = job_queue.posted.borrow().back().unwrap().at;
    job_queue.cell(0).unwrap().taken.store(at + 1, Ordering::SeqCst);
    assert!(exchange(&job_queue.memory, at, OPEN, TAKEN));
    let reaped = job_queue.reap(0, |_| true);
    assert_eq!((reaped.begun, reaped.unposted), (vec![], vec![last]));
    assert_eq!(job_queue.progress(last), Progress::Unknown, "it is posted again when there is room");
    assert_eq!(job_queue.progress(1), Progress::Open);
}

#[test]
fn a_slot_that_is_not_there_has_no_child() {
    let job_queue = JobQueue::new().unwrap();
    job_queue.post(1, 0, b"").unwrap();
    assert!(job_queue.sit(SLOTS, 0).is_none());
    job_queue.be_patient(SLOTS, None);
    job_queue.time_items(SLOTS);
    job_queue.prefetch(SLOTS);
    assert!(!job_queue.has_left(SLOTS) && !job_queue.dismiss(SLOTS) && !job_queue.is_idle(SLOTS));
    assert!(!job_queue.has_taken_nothing(SLOTS) && !job_queue.admit(SLOTS, 1, true));
    assert_eq!((job_queue.begun(SLOTS), job_queue.spent(SLOTS)), (0, Duration::ZERO));
    assert_eq!((job_queue.item(SLOTS), job_queue.running(SLOTS)), (None, None));
    assert_eq!(job_queue.reap(SLOTS, |_| true).begun, []);
    assert_eq!(job_queue.slot(|_| true, 0, None), None);
    assert!(job_queue.retract(1));
}
