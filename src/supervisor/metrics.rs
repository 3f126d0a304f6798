//! Metrics in the text format of Prometheus.

use std::fmt::{Display, Write};
use std::rc::Rc;

use crate::supervisor::health::Summary;
use crate::supervisor::object::Kind;
use crate::supervisor::unit::{Running, State, Unit};
use crate::task::life::state::state;
use crate::zend::cell::DataCell;

/// The type of the format.
pub(super) const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

thread_local! {
    /// What the supervisor of this process has shown last.
    static SHOWN: DataCell<String> = const { DataCell::new(String::new()) };
}

/// A text that grows by one metric after the other.
#[derive(Default)]
struct Text(String);

impl Text {
    /// One metric: its samples, each with its labels.
    fn metric<V: Display>(
        &mut self,
        name: &str,
        kind: &str,
        help: &str,
        samples: impl IntoIterator<Item = (String, V)>,
    ) {
        let mut samples = samples.into_iter().peekable();
        if samples.peek().is_none() {
            return;
        }
        // Writing to a `String` cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (labels, value) in samples {
            let _ = writeln!(self.0, "{name}{labels} {value}");
        }
    }
}

/// A label's value: any text.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn of_kind(kind: &Kind) -> String {
    format!("{{name=\"{}\"}}", quoted(&kind.name))
}

fn of_unit(unit: &Unit) -> String {
    format!("{{name=\"{}\",id=\"{}\"}}", quoted(&unit.kind.name), unit.id)
}

/// The metrics of this process: of its pools, and of the supervisor that runs in it.
pub(crate) fn text() -> String {
    let mut text = Text::default();
    let one = |value: usize| [(String::new(), value)];
    let state = state();
    let children = state.workers.borrow().len();
    text.metric("async_children", "gauge", "Child processes, of pools and of supervisors.", one(children));
    let (mut waiting, mut all) = (0, 0);
    for group in state.active.borrow().iter() {
        let ledger = group.ledger.borrow();
        waiting += ledger.waiting();
        all += ledger.iter().count();
    }
    let help = "Tasks, and portions of maps, that wait for a slot or for their backoff.";
    text.metric("async_tasks_queued", "gauge", help, one(waiting));
    let help = "Tasks, portions of maps and supervised workers that have a slot.";
    text.metric("async_tasks_running", "gauge", help, one(all.saturating_sub(waiting)));
    text.0 + &SHOWN.with(|shown| shown.borrow().clone())
}

/// Keeps the metrics of a supervisor for [`text`].
pub(super) fn keep(summary: &Summary<'_>, kinds: &[Rc<Kind>]) {
    SHOWN.with(|shown| shown.replace(of_supervisor(summary, kinds)));
}

/// The supervisor does not run any more.
pub(super) fn forget() {
    SHOWN.with(|shown| shown.replace(String::new()));
}

fn of_supervisor(summary: &Summary<'_>, kinds: &[Rc<Kind>]) -> String {
    let units = summary.units;
    let each = |value: &dyn Fn(&Kind) -> u64| {
        kinds.iter().map(|kind| (of_kind(kind), value(kind))).collect::<Vec<_>>()
    };
    let count = |of: &dyn Fn(&Unit) -> bool| {
        each(&|kind| {
            units.iter().filter(|unit| std::ptr::eq(&raw const *unit.kind, kind) && of(unit)).count() as u64
        })
    };
    let running: Vec<_> = units.iter().filter_map(|unit| Some((of_unit(unit), unit.running()?))).collect();
    let worker = |value: &dyn Fn(&Running) -> f64| {
        running.iter().map(|(labels, running)| (labels.clone(), value(running))).collect::<Vec<_>>()
    };
    let mut text = Text::default();
    text.metric(
        "async_supervisor_uptime_seconds",
        "gauge",
        "How long the supervisor runs.",
        [(String::new(), summary.age)],
    );
    text.metric(
        "async_supervisor_stopping",
        "gauge",
        "1 when all workers were told to stop.",
        [(String::new(), u8::from(summary.state == "stopping"))],
    );
    let wanted = each(&|kind| kind.wanted.get() as u64);
    text.metric("async_supervisor_workers_wanted", "gauge", "How many workers there shall be.", wanted);
    let ready = count(&|unit| unit.running().is_some_and(|running| running.ready));
    text.metric(
        "async_supervisor_workers_ready",
        "gauge",
        "Workers that have come past their bootstrap.",
        ready,
    );
    let waiting = count(&|unit| matches!(unit.state, State::Waiting(_)));
    text.metric("async_supervisor_workers_waiting", "gauge", "Workers that wait for their backoff.", waiting);
    let jobs = each(&|kind| kind.jobs(units));
    text.metric("async_supervisor_jobs_total", "counter", "Jobs that workers have said to have done.", jobs);
    let restarts = each(&|kind| kind.counts.get().restarts);
    text.metric(
        "async_supervisor_restarts_total",
        "counter",
        "Processes that have taken the place of another one.",
        restarts,
    );
    let failures = each(&|kind| kind.counts.get().failures);
    text.metric(
        "async_supervisor_failures_total",
        "counter",
        "Processes that have thrown or died.",
        failures,
    );
    let ages = worker(&|running| running.since.elapsed().as_secs_f64());
    text.metric("async_worker_uptime_seconds", "gauge", "How long the worker's process runs.", ages);
    let silences = worker(&|running| running.silence().as_secs_f64());
    text.metric(
        "async_worker_heartbeat_age_seconds",
        "gauge",
        "Time since the worker's last sign of life.",
        silences,
    );
    #[expect(clippy::cast_precision_loss, reason = "a number of bytes that a machine has is less than 2^53")]
    let bytes = worker(&|running| running.pulse().map_or(0, |pulse| pulse.bytes) as f64);
    text.metric("async_worker_memory_bytes", "gauge", "Memory that PHP has from the system.", bytes);
    text.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_is_a_label_and_what_has_no_samples_is_no_metric() {
        assert_eq!(quoted("a \"b\" \\ \n"), "a \\\"b\\\" \\\\ \\n");
        let mut text = Text::default();
        text.metric("a", "gauge", "A.", [(String::new(), 1.5)]);
        text.metric("b", "gauge", "B.", Vec::<(String, u8)>::new());
        assert_eq!(text.0, "# HELP a A.\n# TYPE a gauge\na 1.5\n");
    }
}
