//! The heap before a fork: a fork's time grows with the memory in small pages, so what is forked often enough is put
//! into huge pages. When that pays is `pool::huge_page_budget`'s to say.

use crate::ini;
use crate::pool::huge_page_budget::{Advice, HugePageBudget};
use crate::process::huge::Purchase;
use crate::process::{clock, huge, memory};
use crate::task::life::state::state;
use crate::zend::request;

/// The most units that one call of the kernel gets, so that we see the clock in between.
const AT_ONCE: usize = 8;

/// What this process has paid for its heap, and what it is buying.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    budget: HugePageBudget,
    purchase: Purchase,
    /// Whether the kernel has huge pages for us, once it was asked.
    possible: Option<bool>,
}

/// Does for the heap what pays. Not in a child: most of its memory is its parent's too, and huge pages would be a copy.
pub(crate) fn before_fork() {
    let state = state();
    let size = request::memory_usage();
    if !ini::huge_pages() || state.is_child.get() {
        return;
    }
    state.heap.borrow_mut().before_fork(size);
}

impl Heap {
    fn before_fork(&mut self, size: usize) {
        if self.possible == Some(false) {
            return;
        }
        let advice = self.budget.fork(size);
        if advice == Advice::Leave {
            return;
        }
        // Time on the processor: a machine that is busy with other things makes forks slower too.
        let started = clock::cpu_time();
        let took = || clock::cpu_time().saturating_sub(started);
        if !*self.possible.get_or_insert_with(huge::possible) {
            return;
        }
        match advice {
            Advice::Buy(time) => {
                while !self.purchase.is_done() && took() < time {
                    self.purchase.step(AT_ONCE);
                }
                self.budget.bought(self.purchase.left(), took());
                if self.purchase.is_done() {
                    self.budget.done(self.purchase.has_won().then_some(self.purchase.small));
                }
            }
            Advice::Leave | Advice::Look => {
                let purchase = Purchase::survey().unwrap_or_default();
                // While children live that share the memory, it is there twice.
                let affordable = memory::free().is_some_and(|free| free / 2 > purchase.small);
                let small = if affordable { purchase.small } else { 0 };
                if self.budget.looked(small, took()) {
                    purchase.announce();
                    self.purchase = purchase;
                }
            }
        }
    }
}
