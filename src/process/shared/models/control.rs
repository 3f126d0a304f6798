use super::{Common, check, fork, reaped};
use crate::process::shared::control::{Control, Limit, Report};

/// Fraction and text of a report are those of one report, whenever it is read.
#[test]
fn a_report_is_read_whole_or_not_at_all() {
    check(2, || {
        let common = Common::new(Control::new().unwrap());
        let place = common.get().take().unwrap();
        let slot_ref = place.slot_ref();
        let child = fork(move || {
            slot_ref.report(7, 0.25, "a");
            slot_ref.report(7, 0.5, "b");
        });
        let seen = place.report(7);
        let all = [(0.25, "a"), (0.5, "b")].map(|(fraction, text)| Report { fraction, text: text.into() });
        assert!(seen.is_none_or(|seen| all.contains(&seen)));
        reaped(child);
        assert_eq!(place.report(7).as_ref(), all.last());
        drop(place);
        common.end();
    });
}

/// Who sees that a limit has changed sees what it is now.
#[test]
fn a_changed_limit_is_seen_with_its_end() {
    check(3, || {
        let common = Common::new(Control::new().unwrap());
        let place = common.get().take().unwrap();
        let slot_ref = place.slot_ref();
        let child = fork(move || slot_ref.limit(7));
        place.limit(7, Some(5));
        assert!(matches!(reaped(child), Limit::Unchanged | Limit::Until(5)));
        drop(place);
        common.end();
    });
}
