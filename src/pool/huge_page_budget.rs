//! When forks have cost as much for memory in small pages as putting it into huge pages would.
//!
//! Each fork copies the page tables: a cost for every byte in small pages, again and again. Huge pages end that, for a
//! price that is paid once. Who does not know how many forks will come pays that cost until it has added up to the price, then buys, and
//! never spends more than twice what the best choice in hindsight would have cost. We do so in instalments, so that no
//! fork stands still for a second, and the first forks of a short script cost next to nothing more: when the cost
//! without a purchase would be `r` by now, and the price of all is `p`, then `r * min(1, r / p)` may have been spent.

use std::time::Duration;

/// No heap below this size is worth a look: all that there is to win is less than what differs from fork to fork.
pub(crate) const FROM: usize = 16 << 20;
/// Less than this in small pages is not worth a purchase: what a busy parent writes between two forks is small again.
const WORTH: usize = 8 << 20;
/// What a fork costs for each MiB in small pages, from the call to the reaped child: 16 to 35 us measured.
const RENT: Duration = Duration::from_micros(20);
/// What a MiB of huge pages costs, until it has been measured: 0.8 to 2 ms.
const PRICE: Duration = Duration::from_millis(1);
/// A fork count after which memory that was huge is looked at again: what the parent writes while a child lives becomes
/// small. It doubles whenever there was nothing to win.
const PATIENCE: u32 = 64;

/// What to do before the next fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Nothing.
    Leave,
    /// Look how much is in small pages, and tell by [`HugePageBudget::looked`].
    Look,
    /// Buy for about so much time, and tell by [`HugePageBudget::bought`].
    Buy(Duration),
}

/// The books of one process.
#[derive(Debug)]
pub(crate) struct HugePageBudget {
    /// The heap at the latest fork.
    heap: usize,
    /// Bytes that are taken to be in small pages.
    small: usize,
    /// Bytes of them that are still to be bought, in a purchase under way.
    planned: Option<usize>,
    /// What forks have cost since the last purchase, had nothing been bought.
    due: Duration,
    /// Time spent on looking and buying since the last purchase.
    spent: Duration,
    /// Price of a MiB.
    price: Duration,
    /// Forks since the last look.
    forks: u32,
    patience: u32,
}

impl Default for HugePageBudget {
    fn default() -> Self {
        Self {
            heap: 0,
            small: 0,
            planned: None,
            due: Duration::ZERO,
            spent: Duration::ZERO,
            price: PRICE,
            forks: 0,
            patience: PATIENCE,
        }
    }
}

impl HugePageBudget {
    /// A fork is to be made under a heap of so many bytes.
    pub(crate) fn fork(&mut self, heap: usize) -> Advice {
        // What is new is in small pages.
        self.small =
            (self.small + heap.saturating_sub(self.heap)).saturating_sub(self.heap.saturating_sub(heap));
        self.heap = heap;
        if heap < FROM {
            return Advice::Leave;
        }
        self.forks = self.forks.saturating_add(1);
        self.due += times(RENT, self.small);
        let Some(planned) = self.planned else {
            let price = times(self.price, self.small);
            let adds_up = self.small >= WORTH && self.due >= price / 4;
            return if adds_up || self.forks >= self.patience { Advice::Look } else { Advice::Leave };
        };
        let left = self.allowance(planned).saturating_sub(self.spent);
        let least = times(self.price, 2 << 20);
        // No fork waits for more than two others would have taken.
        if left >= least { Advice::Buy(left.min(times(RENT, heap) * 2).max(least)) } else { Advice::Leave }
    }

    fn allowance(&self, planned: usize) -> Duration {
        let price = self.spent + times(self.price, planned);
        self.due.mul_f64(self.due.div_duration_f64(price).min(1.0))
    }

    /// A look took so long, and found so many bytes in small pages that could be in huge ones. Says whether they are to
    /// be bought.
    pub(crate) fn looked(&mut self, small: usize, took: Duration) -> bool {
        let worth = small >= WORTH;
        if worth {
            // What became small since the last look did so by and by.
            self.due += times(RENT, small.saturating_sub(self.small)) * self.forks / 2;
            self.spent += took;
            self.planned = Some(small);
            self.small = small;
            self.forks = 0;
        } else {
            self.settle(false);
        }
        worth
    }

    /// A part of the purchase took so long, and leaves so many bytes to be bought.
    pub(crate) fn bought(&mut self, left: usize, took: Duration) {
        if let Some(planned) = self.planned.as_mut() {
            *planned = left;
            self.spent += took;
        }
    }

    /// The purchase is over, of so many bytes in all; or it failed, and is not tried again soon.
    pub(crate) fn done(&mut self, bytes: Option<usize>) {
        if let Some(bytes) = bytes.filter(|&bytes| bytes > 0) {
            self.price = self.spent.div_f64(mib(bytes)).max(PRICE / 10);
            self.small = self.small.saturating_sub(bytes);
        }
        self.settle(bytes.is_some());
    }

    fn settle(&mut self, won: bool) {
        if !won {
            self.small = 0; // or it cannot be helped
        }
        self.planned = None;
        self.due = Duration::ZERO;
        self.spent = Duration::ZERO;
        self.forks = 0;
        self.patience = if won { PATIENCE } else { self.patience.saturating_mul(2) };
    }
}

fn mib(bytes: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    let bytes = bytes as f64;
    bytes / f64::from(1 << 20)
}

/// So much for each MiB of `bytes`.
fn times(per_mib: Duration, bytes: usize) -> Duration {
    per_mib.mul_f64(mib(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    /// Forks `forks` times under `heap` bytes, of which each MiB costs `price`; gives what was spent, the most that was
    /// spent before one fork, the cost that was paid, and the bytes that were bought.
    fn run(
        budget: &mut HugePageBudget,
        heap: usize,
        forks: u32,
        price: Duration,
    ) -> (Duration, Duration, Duration, usize) {
        let (mut small, mut left) = (heap, 0);
        let (mut spent, mut most, mut paid) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for _ in 0..forks {
            let now = match budget.fork(heap) {
                Advice::Leave => Duration::ZERO,
                Advice::Look => {
                    left = if budget.looked(small, Duration::from_millis(2)) { small } else { 0 };
                    Duration::from_millis(2)
                }
                Advice::Buy(time) => {
                    let units = usize::try_from(time.as_micros() / (price * 2).as_micros()).unwrap();
                    let bytes = left.min(units.max(1) * 2 * MIB);
                    left -= bytes;
                    small -= bytes;
                    let took = times(price, bytes);
                    budget.bought(left, took);
                    if left == 0 {
                        budget.done(Some(heap));
                    }
                    took
                }
            };
            spent += now;
            most = most.max(now);
            paid += times(RENT, small);
        }
        (spent, most, paid, heap - small)
    }

    #[test]
    fn a_small_heap_is_left_alone() {
        let mut budget = HugePageBudget::default();
        assert!((0..100_000).all(|_| budget.fork(FROM - 1) == Advice::Leave));
    }

    #[test]
    fn a_few_forks_are_not_worth_anything() {
        let (spent, ..) = run(&mut HugePageBudget::default(), 512 * MIB, 8, PRICE);
        assert_eq!(spent, Duration::ZERO);
    }

    #[test]
    fn after_enough_forks_all_is_bought_and_then_nothing() {
        for heap in [16 * MIB, 64 * MIB, 512 * MIB, 2048 * MIB] {
            let mut budget = HugePageBudget::default();
            let (.., bought) = run(&mut budget, heap, 60, PRICE);
            assert_eq!(bought, heap);
            assert!(!(0..PATIENCE).any(|_| matches!(budget.fork(heap), Advice::Buy(_))));
        }
    }

    #[test]
    fn it_never_costs_more_than_twice_the_best_choice() {
        for price in [PRICE / 2, PRICE, PRICE * 2, PRICE * 10] {
            for forks in [1, 10, 20, 50, 100, 1000] {
                let heap = 512 * MIB;
                let (spent, _, paid, _) = run(&mut HugePageBudget::default(), heap, forks, price);
                let best = times(RENT, heap).mul_f64(forks.into()).min(times(price, heap));
                // Looks cost a little, and a unit more may be bought than is paid for.
                let most = best.mul_f64(2.0) + Duration::from_millis(20);
                assert!(spent + paid <= most, "{forks} forks at {price:?}: {spent:?} + {paid:?} > {most:?}");
            }
        }
    }

    #[test]
    fn no_fork_waits_long() {
        let (_, most, ..) = run(&mut HugePageBudget::default(), 2048 * MIB, 500, PRICE);
        assert!(most <= Duration::from_millis(90), "{most:?}"); // a fork and its child take 40 ms there
    }

    #[test]
    fn what_grows_is_bought_as_it_grows() {
        let mut budget = HugePageBudget::default();
        run(&mut budget, 64 * MIB, 200, PRICE);
        let looks = (0..60).filter(|_| budget.fork(128 * MIB) == Advice::Look).count();
        assert!(looks >= 1);
        assert!(budget.looked(64 * MIB, PRICE));
        assert!((0..60).any(|_| matches!(budget.fork(128 * MIB), Advice::Buy(_))));
    }

    #[test]
    fn looks_become_rare_when_there_is_nothing_to_win() {
        let mut budget = HugePageBudget::default();
        let mut looks = 0;
        for _ in 0..10_000 {
            if budget.fork(512 * MIB) == Advice::Look {
                looks += 1;
                assert!(!budget.looked(0, PRICE));
            }
        }
        assert!((5..=9).contains(&looks), "{looks}");
    }

    #[test]
    fn after_a_purchase_that_failed_the_next_is_far() {
        let mut budget = HugePageBudget::default();
        while budget.fork(512 * MIB) != Advice::Look {}
        assert!(budget.looked(512 * MIB, PRICE));
        budget.done(None);
        let forks = (0..1000).take_while(|_| budget.fork(512 * MIB) == Advice::Leave).count();
        assert!(forks >= 100, "{forks}");
    }

    #[test]
    fn what_is_freed_is_not_counted() {
        let mut budget = HugePageBudget::default();
        for _ in 0..10 {
            budget.fork(512 * MIB);
        }
        budget.fork(0);
        assert_eq!(budget.small, 0);
    }
}
