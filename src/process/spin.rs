//! Waiting without sleeping, as what is waited for may come sooner than a sleeper can be woken.
//!
//! Used by the parent that waits for answers, and by children that wait for tasks.

use std::thread;

use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_gettime};

use super::cpus;

/// How often to look where the others run meanwhile: about 30 us, what it takes to wake a process on another CPU.
const LOOKS: u32 = 1500;
/// How often to let the others run where there is one CPU for all.
const TURNS: u32 = 4;
/// The most waits that sleep at once before the next one tries again: where it gives its CPU away, and may wait for the
/// end of somebody's time slice; and where it keeps its CPU.
const MOST: u32 = 1 << 14;
const MOST_LOOKING: u32 = 1 << 8;

/// How a process waits before it sleeps.
#[derive(Debug)]
pub(crate) struct Spin {
    manner: Manner,
    /// Waits that sleep at once after one that was in vain.
    pause: u32,
    /// Those that are left of them.
    left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It keeps its CPU. Where all of them have work, that is in vain: whom it waits for cannot run.
    Looking,
    /// It gives its CPU to whoever wants it.
    GivingWay,
}

impl Spin {
    /// What suits the CPUs that this process may use.
    pub(crate) fn new() -> Self {
        Self::of(if cpus::usable() > 1 { Manner::Looking } else { Manner::GivingWay })
    }

    fn of(manner: Manner) -> Self {
        Self { manner, pause: 0, left: 0 }
    }

    /// Waits for a while until `over`; the caller had better sleep if it is false.
    pub(crate) fn until(&mut self, mut over: impl FnMut() -> bool) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        let (came, in_vain, most) = match self.manner {
            Manner::Looking => {
                let came = (0..LOOKS).any(|_| {
                    std::hint::spin_loop();
                    over()
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

/// The time of the scheduler's latest tick, every 1 to 10 ms. It tells long waits from short ones: either what is waited
/// for takes its time, or there is a process that never gives way, and the scheduler, which takes its CPU away at a
/// tick, has those wait who do. A short wait is taken for a long one when a tick falls into it, which is rare. The exact
/// time costs several times as much to read.
fn tick() -> Option<TimeSpec> {
    clock_gettime(ClockId::CLOCK_MONOTONIC_COARSE).ok()
}

/// How many waits are to sleep at once after one that was in vain, or was not, and came after a pause of so many.
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
