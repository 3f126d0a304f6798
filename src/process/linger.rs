//! Waiting without sleeping, as what is waited for may come sooner than a sleeper can be woken.
//!
//! Used by the parent that waits for answers, and by children that wait for tasks.

use std::thread;
use std::time::{Duration, Instant};

use super::cpus;

/// How often to look where the others run meanwhile: about 30 us, what it takes to wake a process on another CPU.
const LOOKS: u32 = 1500;
/// How often to let the others run where there is one CPU for all.
const TURNS: u32 = 4;
/// Whoever lets others run and has to wait for longer than this sleeps the next time. Either what it waits for takes its
/// time, or there is a process that never gives way: the scheduler then has those wait who do.
const LONG: Duration = Duration::from_micros(100);
/// The most waits that sleep at once before the next one tries again.
const MOST: u32 = 1 << 14;

/// How a process waits before it sleeps.
#[derive(Debug)]
pub(crate) enum Linger {
    /// It keeps its CPU.
    Looking,
    /// It gives its CPU to whoever wants it.
    GivingWay {
        /// Waits that sleep at once after one that was long.
        pause: u32,
        /// Those that are left of them.
        left: u32,
    },
}

impl Linger {
    /// What suits the CPUs that this process may use.
    pub(crate) fn new() -> Self {
        if cpus::usable() > 1 { Self::Looking } else { Self::GivingWay { pause: 0, left: 0 } }
    }

    /// Waits for a while until `over`; the caller had better sleep if it is false.
    pub(crate) fn until(&mut self, mut over: impl FnMut() -> bool) -> bool {
        match self {
            Self::Looking => (0..LOOKS).any(|_| {
                std::hint::spin_loop();
                over()
            }),
            Self::GivingWay { left: left @ 1.., .. } => {
                *left -= 1;
                false
            }
            Self::GivingWay { pause, left } => {
                let began = Instant::now();
                let came = (0..TURNS).any(|_| {
                    thread::yield_now();
                    over()
                });
                *pause = pause_after(*pause, began.elapsed());
                *left = *pause;
                came
            }
        }
    }
}

/// How many waits are to sleep at once after one that took so long, and came after a pause of so many.
fn pause_after(pause: u32, took: Duration) -> u32 {
    if took > LONG { (pause * 2).clamp(1, MOST) } else { pause / 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn giving_way() -> Linger {
        Linger::GivingWay { pause: 0, left: 0 }
    }

    #[test]
    fn it_ends_when_what_it_waits_for_is_there() {
        for mut linger in [Linger::Looking, giving_way()] {
            let mut looks = 0;
            let came = linger.until(|| {
                looks += 1;
                looks == 3
            });
            assert!(came);
            assert_eq!(looks, 3);
        }
    }

    #[test]
    fn it_ends_when_nothing_comes() {
        for mut linger in [Linger::Looking, giving_way()] {
            assert!(!linger.until(|| false));
        }
    }

    #[test]
    fn who_gives_way_in_vain_does_so_less_and_less() {
        let pauses =
            |first, took| std::iter::successors(Some(first), move |&pause| Some(pause_after(pause, took)));
        assert!(pauses(0, LONG * 2).take(5).eq([0, 1, 2, 4, 8]));
        assert_eq!(pauses(0, LONG * 2).nth(20), Some(MOST));
        assert!(pauses(MOST, LONG).take(3).eq([MOST, MOST / 2, MOST / 4]));
        assert_eq!(pauses(MOST, LONG).nth(20), Some(0));
    }

    #[test]
    fn after_a_long_wait_the_next_one_sleeps_at_once() {
        let mut linger = giving_way();
        let long = linger.until(|| {
            thread::sleep(LONG * 2);
            true
        });
        let next = linger.until(|| true);
        assert_eq!((long, next, linger.until(|| true)), (true, false, true));
    }
}
