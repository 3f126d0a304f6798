//! Decides when forks have cost as much for memory in small pages as moving that memory to huge pages would.
//!
//! Each fork copies the page tables, which costs time for every byte in small pages, again and again. Huge pages avoid
//! that, at a price that is paid once. How many forks will come is unknown. The usual strategy is to pay the cost of
//! forks until it has added up to the price, and then to buy: that never costs more than twice the best choice in
//! hindsight. This module buys in instalments, so that no fork is delayed by a second, and the first forks of a short
//! script cost next to nothing more. If the forks so far would have cost `r` without a purchase, and the price of all
//! is `p`, then `r * min(1, r / p)` may have been spent.

use std::time::Duration;

/// No smaller heap is considered: what could be gained is less than the variation between forks.
pub(crate) const FROM: usize = 16 << 20;
/// Less memory in small pages is not worth a purchase: what a busy parent writes between two forks becomes small again.
const WORTH: usize = 8 << 20;
/// What a fork costs for each MiB in small pages, from the call until the child is reaped: 16 to 35 us measured.
const FORK_COST: Duration = Duration::from_micros(20);
/// The price of a MiB of huge pages, until it has been measured: 0.8 to 2 ms.
const PRICE: Duration = Duration::from_millis(1);
/// After this many forks, memory that was in huge pages is surveyed again: what the parent writes while a child lives
/// returns to small pages. The number doubles whenever there was nothing to gain.
const PATIENCE: u32 = 64;

/// What to do before the next fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// Nothing.
    Leave,
    /// Survey how much memory is in small pages, and report it by [`HugePageBudget::looked`].
    Look,
    /// Move memory to huge pages for about this time, and report it by [`HugePageBudget::bought`].
    Buy(Duration),
}

/// The budget of one process.
#[derive(Debug)]
pub(crate) struct HugePageBudget {
    /// The size of the heap at the latest fork.
    heap: usize,
    /// Bytes that are assumed to be in small pages.
    small: usize,
    /// Bytes of these that are still to be bought, if a purchase is in progress.
    planned: Option<usize>,
    /// What the forks since the last purchase would have cost if nothing had been bought.
    due: Duration,
    /// Time spent on surveys and on buying since the last purchase.
    spent: Duration,
    /// The price of a MiB.
    price: Duration,
    /// Forks since the last survey.
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
    /// A fork is about to be made, with a heap of `heap` bytes.
    pub(crate) fn fork(&mut self, heap: usize) -> Advice {
        // New memory is in small pages.
        self.small =
            (self.small + heap.saturating_sub(self.heap)).saturating_sub(self.heap.saturating_sub(heap));
        self.heap = heap;
        if heap < FROM {
            return Advice::Leave;
        }
        self.forks = self.forks.saturating_add(1);
        self.due += times(FORK_COST, self.small);
        let Some(planned) = self.planned else {
            let price = times(self.price, self.small);
            let adds_up = self.small >= WORTH && self.due >= price / 4;
            return if adds_up || self.forks >= self.patience { Advice::Look } else { Advice::Leave };
        };
        let left = self.allowance(planned).saturating_sub(self.spent);
        let least = times(self.price, 2 << 20);
        // No fork is delayed for longer than two others would take.
        if left >= least {
            Advice::Buy(left.min(times(FORK_COST, heap) * 2).max(least))
        } else {
            Advice::Leave
        }
    }

    fn allowance(&self, planned: usize) -> Duration {
        let price = self.spent + times(self.price, planned);
        self.due.mul_f64(self.due.div_duration_f64(price).min(1.0))
    }

    /// A survey took the time `took`, and found `small` bytes in small pages that could be in huge ones. Returns
    /// whether to buy them.
    pub(crate) fn looked(&mut self, small: usize, took: Duration) -> bool {
        let worth = small >= WORTH;
        if worth {
            // What became small since the last survey did so gradually.
            self.due += times(FORK_COST, small.saturating_sub(self.small)) * self.forks / 2;
            self.spent += took;
            self.planned = Some(small);
            self.small = small;
            self.forks = 0;
        } else {
            self.settle(false);
        }
        worth
    }

    /// A part of the purchase took the time `took`, and leaves `left` bytes to be bought.
    pub(crate) fn bought(&mut self, left: usize, took: Duration) {
        if let Some(planned) = self.planned.as_mut() {
            *planned = left;
            self.spent += took;
        }
    }

    /// The purchase is over, and has moved `bytes` in all; or it has failed (`None`), and is not tried again soon.
    pub(crate) fn done(&mut self, bytes: Option<usize>) {
        if let Some(bytes) = bytes.filter(|&bytes| bytes > 0) {
            self.price = self.spent.div_f64(mib(bytes)).max(PRICE / 10);
            self.small = self.small.saturating_sub(bytes);
        }
        self.settle(bytes.is_some());
    }

    fn settle(&mut self, won: bool) {
        if !won {
            self.small = 0; // or nothing can be done about it
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

/// `per_mib` for each MiB of `bytes`.
fn times(per_mib: Duration, bytes: usize) -> Duration {
    per_mib.mul_f64(mib(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    /// Makes `forks` forks with a heap of `heap` bytes, each MiB of which costs `price`. Returns the time spent, the
    /// most that was spent before one fork, the cost that the forks had, and the bytes that were bought.
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
            paid += times(FORK_COST, small);
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
                let best = times(FORK_COST, heap).mul_f64(forks.into()).min(times(price, heap));
                // Surveys cost a little, and one unit more may be bought than the budget allows.
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

    #[test]
    fn what_became_small_since_the_last_survey_did_so_gradually() {
        let mut budget = HugePageBudget { heap: 64 * MIB, forks: 10, ..HugePageBudget::default() };
        assert!(budget.looked(16 * MIB, PRICE));
        // As if each of the ten forks had found half of it.
        assert_eq!(budget.due, FORK_COST * 16 * 5);
        assert_eq!((budget.small, budget.spent, budget.forks), (16 * MIB, PRICE, 0));
    }

    #[test]
    fn a_purchase_tells_the_price_of_the_next_one() {
        let spent = Duration::from_millis(40);
        let mut budget = HugePageBudget { small: 30 * MIB, spent, ..HugePageBudget::default() };
        budget.done(Some(20 * MIB));
        assert_eq!((budget.price, budget.small, budget.spent), (spent / 20, 10 * MIB, Duration::ZERO));
        // One that has moved nothing tells none.
        budget.spent = spent;
        budget.done(Some(0));
        assert_eq!((budget.price, budget.small), (spent / 20, 10 * MIB));
    }

    #[test]
    fn a_few_small_pages_are_not_worth_a_purchase() {
        let mut budget = HugePageBudget::default();
        assert!(!budget.looked(7 * MIB, PRICE));
        assert!(budget.looked(8 * MIB, PRICE));
    }
}
