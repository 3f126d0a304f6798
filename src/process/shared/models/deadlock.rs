use super::{Common, check, fork, reaped};
use crate::process::shared::control::Control;
use crate::process::shared::deadlock::{Answer, Awaited, Inquiry};

/// Who sees a round sees who is told to give up in it.
#[test]
fn who_is_asked_knows_what_is_told() {
    check(3, || {
        let common = Common::new(Control::new().unwrap());
        let place = common.get().take().unwrap();
        let slot_ref = place.slot_ref();
        let inquiry = Inquiry { round: 1, told: Awaited::parent(7) };
        let child = fork(move || slot_ref.inquiry());
        common.get().inquire(inquiry);
        let seen = reaped(child);
        assert!(seen.round == 0 || seen == inquiry, "{seen:?}");
        drop(place);
        common.end();
    });
}

/// Who sees that a round was answered sees the stamp of that answer, and not that of one before it: two rounds with the
/// same stamps mean that nothing has happened between.
#[test]
fn an_answer_has_its_own_stamp() {
    check(3, || {
        let common = Common::new(Control::new().unwrap());
        let place = common.get().take().unwrap();
        let slot_ref = place.slot_ref();
        let answer = |round, stamp| Answer { round, stamp, awaited: Awaited::channel(3) };
        slot_ref.answer(5, answer(1, 10));
        let child = fork(move || slot_ref.answer(5, answer(2, 20)));
        let seen = place.answer(5).unwrap();
        assert!(seen.round == 1 || seen == answer(2, 20), "{seen:?}");
        reaped(child);
        assert_eq!(place.answer(5), Some(answer(2, 20)));
        drop(place);
        common.end();
    });
}
