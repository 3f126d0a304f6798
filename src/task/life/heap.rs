//! The heap before a fork. The time of a fork grows with the memory in small pages, so a heap that is forked often
//! enough is put into huge pages; `pool::huge_page_budget` decides when that pays.

use crate::ini;
use crate::pool::huge_page_budget::{Advice, HugePageBudget};
use crate::process::huge::Purchase;
use crate::process::poller::notifier::Means;
use crate::process::{clock, huge, memory, os, threads};
use crate::task::life::state::state;
use crate::zend::request;

/// The most units for one system call, so that the clock is checked in between.
const AT_ONCE: usize = 8;

/// What forks of this heap have cost, and the conversion into huge pages that is under way.
#[derive(Debug, Default)]
pub(crate) struct Heap {
    budget: HugePageBudget,
    purchase: Purchase,
    /// Whether the kernel gives huge pages, once that was asked.
    possible: Option<bool>,
}

/// Converts the heap, or a part of it, if that pays. Not in a child: most of its memory is shared with its parent, and
/// huge pages would be a copy. What libraries never write to is taken out of the way of forks in any process.
pub(crate) fn before_fork() {
    let state = state();
    let size = request::memory_usage();
    if !ini::huge_pages() {
        return;
    }
    os::before_fork(|| threads::of_libraries(ini::notifier() == Means::Thread) == 0);
    if state.is_child.get() {
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
        // CPU time: on a busy machine forks take longer, too, and the two are compared.
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
