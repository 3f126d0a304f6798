use super::{Common, check, fork, reaped};
use crate::process::shared::control::Control;
use crate::process::shared::pulse::Signs;

/// A slot is used again: what is shown of an attempt is nothing of the one before it.
#[test]
fn what_an_attempt_shows_is_nothing_of_the_last_one() {
    check(3, || {
        let common = Common::new(Control::new().unwrap());
        let place = common.get().take().unwrap();
        let slot_ref = place.slot_ref();
        slot_ref.begin_pulse(7, 10);
        slot_ref.add_jobs(5);
        slot_ref.sign(Signs::SPENT);
        let child = fork(move || {
            slot_ref.begin_pulse(8, 20);
            slot_ref.add_jobs(1);
        });
        if let Some(pulse) = place.pulse(8) {
            assert!(pulse.beat == 20 && pulse.jobs <= 1 && pulse.signs == Signs::default(), "{pulse:?}");
        }
        reaped(child);
        assert_eq!(place.pulse(8).map(|pulse| pulse.jobs), Some(1));
        drop(place);
        common.end();
    });
}

/// The handler of a signal and the code that it interrupts both note something.
#[test]
fn of_two_signs_at_once_none_is_lost() {
    check(3, || {
        let common = Common::new(Control::new().unwrap());
        let place = common.get().take().unwrap();
        let slot_ref = place.slot_ref();
        slot_ref.begin_pulse(7, 10);
        let child = fork(move || slot_ref.sign(Signs::HEARD));
        slot_ref.sign(Signs::TOLD);
        reaped(child);
        let signs = place.pulse(7).unwrap().signs;
        assert!(signs.has(Signs::HEARD) && signs.has(Signs::TOLD));
        drop(place);
        common.end();
    });
}
