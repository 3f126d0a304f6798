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
            Self::GivingWay { .. } => {
                let began = Instant::now();
                let came = (0..TURNS).any(|_| {
                    thread::yield_now();
                    over()
                });
                self.learn(began.elapsed());
                came
            }
        }
    }

    fn learn(&mut self, took: Duration) {
        if let Self::GivingWay { pause, left } = self {
            *pause = if took > LONG { (*pause * 2).clamp(1, MOST) } else { *pause / 2 };
            *left = *pause;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn giving_way() -> Linger {
        Linger::GivingWay { pause: 0, left: 0 }
    }

    /// How many waits sleep at once before one lingers again.
    fn sleeps(linger: &mut Linger) -> u32 {
        let mut sleeps = 0;
        while let Linger::GivingWay { left: 1.., .. } = linger {
            assert!(!linger.until(|| unreachable!("who is to sleep does not look")));
            sleeps += 1;
        }
        sleeps
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
        let mut linger = giving_way();
        let mut long = || {
            linger.learn(LONG * 2);
            sleeps(&mut linger)
        };
        assert_eq!([long(), long(), long(), long()], [1, 2, 4, 8]);
        assert_eq!((0..20).map(|_| long()).max(), Some(MOST));
        let mut brief = || {
            linger.learn(LONG);
            sleeps(&mut linger)
        };
        assert_eq!([brief(), brief()], [MOST / 2, MOST / 4]);
        assert_eq!((0..20).map(|_| brief()).last(), Some(0));
    }

    #[test]
    fn it_takes_its_own_time() {
        let mut linger = giving_way();
        linger.until(|| {
            thread::sleep(LONG * 2);
            true
        });
        assert_eq!(sleeps(&mut linger), 1);
    }
}
