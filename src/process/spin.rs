//! Waiting without sleeping: the event may come sooner than a sleeping process can be woken.
//!
//! The parent waits like this for results, and children for jobs.

use std::sync::OnceLock;
use std::thread;

use nix::sys::time::TimeSpec;
use nix::time::clock_gettime;

use super::cpus;
use super::os::COARSE;
use super::shared::sync;

/// Pauses per wait where other CPUs run the other processes: about 30 us, as long as it takes to wake a process on
/// another CPU.
const PAUSES: u32 = if cfg!(loom) { 1 } else { 1500 };
/// Checks between two pauses: what comes in a pause is noticed at its end, and a pause takes many times as long as a
/// check.
const LOOKS: u32 = if cfg!(loom) { 1 } else { 3 };
/// Yields per wait where all processes share one CPU.
const TURNS: u32 = 4;
/// The most waits that are skipped before the next attempt to wait without sleeping. The first is for yielding, where
/// an attempt may cost the rest of another process's time slice; the second for busy waiting, where an attempt costs less,
/// and where tasks that follow one another at once are sooner back at not sleeping.
const MOST: u32 = 1 << 14;
const MOST_LOOKING: u32 = 1 << 5;

/// How a process waits before it sleeps.
#[derive(Debug)]
pub(crate) struct Spin {
    manner: Manner,
    /// How many waits are skipped after the latest one: more if waiting has been in vain.
    pause: u32,
    /// How many of these are left.
    left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Busy waiting: keeps the CPU. In vain where all CPUs have work, as the awaited process cannot run.
    Looking,
    /// Yields the CPU to whoever wants it.
    GivingWay,
}

/// May this process use several CPUs? Found out once, by the first process of the tree: the quota of the control group is
/// read from files, which took each child longer than many a task.
fn has_several_cpus() -> bool {
    static SEVERAL: OnceLock<bool> = OnceLock::new();
    *SEVERAL.get_or_init(|| cpus::usable() > 1)
}

impl Spin {
    /// A way to wait that suits the CPUs that this process may use.
    pub(crate) fn new() -> Self {
        Self::of(if cfg!(loom) || has_several_cpus() { Manner::Looking } else { Manner::GivingWay })
    }

    fn of(manner: Manner) -> Self {
        Self { manner, pause: 0, left: 0 }
    }

    /// Waits for a short time until `over` is true. If this returns false, the caller should sleep.
    pub(crate) fn until(&mut self, mut over: impl FnMut() -> bool) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        let (came, in_vain, most) = match self.manner {
            Manner::Looking => {
                let came = (0..PAUSES).any(|_| {
                    sync::spin_loop();
                    (0..LOOKS).any(|_| over())
                });
                (came, !came, MOST_LOOKING)
            }
            Manner::GivingWay => {
                let began = tick();
                let came = (0..TURNS).any(|_| {
                    thread::yield_now();
                    over()
                });
                (came, tick() != began, MOST)
            }
        };
        self.pause = pause_after(self.pause, in_vain, most);
        self.left = self.pause;
        came
    }
}

/// The time of the scheduler's latest tick, every 1 to 10 ms. It distinguishes long waits from short ones: a wait is
/// long if the event itself takes time, or if some process never yields, so that the scheduler only takes the CPU from
/// it at a tick. A short wait counts as long if a tick happens to fall into it, which is rare. The exact time costs
/// several times as much to read.
fn tick() -> Option<TimeSpec> {
    clock_gettime(COARSE).ok()
}

/// How many waits to skip after one that was, or was not, `in_vain`, if `pause` waits were skipped before it.
fn pause_after(pause: u32, in_vain: bool, most: u32) -> u32 {
    if in_vain { (pause * 2).clamp(1, most) } else { pause / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn giving_way() -> Spin {
        Spin::of(Manner::GivingWay)
    }

    fn looking() -> Spin {
        Spin::of(Manner::Looking)
    }

    #[test]
    fn it_ends_when_what_it_waits_for_is_there() {
        for mut spin in [looking(), giving_way()] {
            let mut looks = 0;
            let came = spin.until(|| {
                looks += 1;
                looks == 3
            });
            assert!(came);
            assert_eq!(looks, 3);
        }
    }

    #[test]
    fn it_ends_when_nothing_comes() {
        for mut spin in [looking(), giving_way()] {
            assert!(!spin.until(|| false));
        }
    }

    #[test]
    fn who_waits_in_vain_tries_less_and_less() {
        for most in [MOST, MOST_LOOKING] {
            let pauses = |first, in_vain| {
                std::iter::successors(Some(first), move |&pause| Some(pause_after(pause, in_vain, most)))
            };
            assert!(pauses(0, true).take(5).eq([0, 1, 2, 4, 8]));
            assert_eq!(pauses(0, true).nth(20), Some(most));
            assert!(pauses(most, false).take(3).eq([most, most / 2, most / 4]));
            assert_eq!(pauses(most, false).nth(20), Some(0));
        }
    }

    #[test]
    fn after_a_long_wait_the_next_one_sleeps_at_once() {
        let mut spin = giving_way();
        let long = spin.until(|| {
            let began = tick();
            while tick() == began {
                thread::yield_now();
            }
            true
        });
        let next = spin.until(|| true);
        assert_eq!((long, next, spin.until(|| true)), (true, false, true));
    }

    #[test]
    fn after_looking_in_vain_the_next_one_sleeps_at_once_and_once_is_forgotten_soon() {
        let mut spin = looking();
        assert!(!spin.until(|| false));
        assert_eq!([(); 4].map(|()| spin.until(|| true)), [false, true, true, true]);
    }
}
