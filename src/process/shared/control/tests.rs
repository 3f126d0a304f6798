use super::*;

fn leaked(control: Control) -> &'static Control {
    Box::leak(Box::new(control))
}

#[test]
fn what_is_about_another_attempt_is_about_nobody() {
    let place = leaked(Control::new().unwrap()).take().unwrap();
    let slot_ref = place.slot_ref();
    assert!(!slot_ref.is_asked(0) && !slot_ref.is_asked(7) && slot_ref.limit(7) == Limit::Unchanged);
    place.ask(7);
    assert!(slot_ref.is_asked(7) && !slot_ref.is_asked(8) && !slot_ref.is_relieved(7));
    place.relieve(8);
    assert!(slot_ref.is_relieved(8) && !slot_ref.is_relieved(7) && !slot_ref.is_asked(8));
    slot_ref.report(7, 0.5, "half");
    let half = Some(Report { fraction: 0.5, text: "half".into() });
    assert_eq!((place.report(7), place.report(8)), (half, None));
    place.limit(7, Some(5));
    assert_eq!((slot_ref.limit(7), slot_ref.limit(8)), (Limit::Until(5), Limit::Unchanged));
    place.limit(7, None);
    assert_eq!(slot_ref.limit(7), Limit::Lifted);
}

#[test]
fn a_slot_is_given_back_and_there_are_so_many() {
    let control = leaked(Control::new().unwrap());
    let mut all: Vec<_> = (0..SLOTS).map(|_| control.take().unwrap()).collect();
    assert!(control.take().is_none());
    let last = all.pop().unwrap().slot_ref().index;
    assert_eq!(control.take().unwrap().slot_ref().index, last);
}

#[test]
fn a_worker_shows_how_it_is_and_only_its_own_attempt_is_seen() {
    let place = leaked(Control::new().unwrap()).take().unwrap();
    let slot_ref = place.slot_ref();
    assert_eq!(place.pulse(7), None);
    slot_ref.begin_pulse(7, 10);
    let begun = Pulse { beat: 10, ..Pulse::default() };
    assert_eq!((place.pulse(7), place.pulse(8)), (Some(begun), None));
    slot_ref.beat(20, 4096);
    assert_eq!((slot_ref.add_jobs(2), slot_ref.add_jobs(1)), (2, 3));
    slot_ref.sign(Signs::READY);
    slot_ref.sign(Signs::SPENT);
    let Pulse { beat, jobs, bytes, signs } = place.pulse(7).unwrap();
    assert_eq!((beat, jobs, bytes), (20, 3, 4096));
    assert!(signs.has(Signs::READY) && signs.has(Signs::SPENT) && !signs.has(Signs::TOLD));
    slot_ref.begin_pulse(8, 30);
    assert_eq!((place.pulse(7), place.pulse(8)), (None, Some(Pulse { beat: 30, ..Pulse::default() })));
}

#[test]
fn a_long_text_is_cut_between_characters() {
    let place = leaked(Control::new().unwrap()).take().unwrap();
    place.slot_ref().report(1, 1.0, &"ä".repeat(200));
    assert_eq!(place.report(1).unwrap().text, "ä".repeat(100));
    place.slot_ref().report(1, 1.0, &format!("x{}", "ä".repeat(200)));
    assert_eq!(place.report(1).unwrap().text, format!("x{}", "ä".repeat(99)));
}

#[test]
fn what_makes_no_sense_is_no_report() {
    let place = leaked(Control::new().unwrap()).take().unwrap();
    let slot = place.slot_ref().reports().unwrap();
    for wrong in [f64::NAN, f64::INFINITY, -0.1, 1.1] {
        place.slot_ref().report(1, wrong, "");
        assert_eq!(place.report(1), None);
    }
    place.slot_ref().report(1, 0.5, "");
    slot.length.store(u64::MAX, Ordering::Relaxed);
    assert_eq!(place.report(1), None);
    // Killed in the middle of it, and then somebody else reports.
    slot.version.store(7, Ordering::Relaxed);
    assert_eq!(place.report(1), None);
    place.slot_ref().report(2, 0.25, "");
    assert_eq!(place.report(2), Some(Report { fraction: 0.25, text: String::new() }));
}

#[test]
fn a_slot_that_is_not_there_is_asked_and_told_in_vain() {
    let slot_ref = SlotRef { control: leaked(Control::new().unwrap()), index: SLOTS };
    let place = std::mem::ManuallyDrop::new(Place(slot_ref));
    place.ask(7);
    place.relieve(7);
    place.limit(7, Some(5));
    slot_ref.begin_pulse(7, 10);
    slot_ref.beat(20, 4096);
    slot_ref.sign(Signs::READY);
    slot_ref.answer(1, Answer::default());
    slot_ref.report(7, 0.5, "half");
    assert!(!slot_ref.is_asked(7) && !slot_ref.is_relieved(7) && slot_ref.limit(7) == Limit::Unchanged);
    assert_eq!(
        (slot_ref.add_jobs(1), place.pulse(7), place.report(7), place.answer(1)),
        (0, None, None, None)
    );
}
