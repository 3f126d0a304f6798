use super::*;

#[test]
fn who_was_forked_after_it_was_made_has_it() {
    // 1 makes 5; 3 was forked before, 7 after, 8 by 7, and 9 by 3.
    assert!(has(1, &[0; LINE], 1, 5));
    assert!(!has(3, &[1, 0, 0, 0, 0], 1, 5));
    assert!(has(7, &[1, 0, 0, 0, 0], 1, 5));
    assert!(has(8, &[7, 1, 0, 0, 0], 1, 5));
    assert!(!has(9, &[3, 1, 0, 0, 0], 1, 5));
}

#[test]
fn who_made_it_below_another_has_it_and_that_one_has_not() {
    // 3, below 1, makes 6, and forks 8.
    assert!(!has(1, &[0; LINE], 3, 6));
    assert!(has(8, &[3, 1, 0, 0, 0], 3, 6));
}

#[test]
fn of_a_line_that_is_too_long_nothing_is_known() {
    assert!(has(90, &[80, 70, 60, 50, 40], 1, 2));
}

/// A table of its own, as zeroed as one that is mapped.
fn table() -> Box<Table> {
    let memory = Box::<Table>::new_zeroed();
    // SAFETY: atomics, for which zeros are values.
    unsafe { memory.assume_init() }
}

#[test]
fn entries_of_processes_that_are_gone_are_used_again() {
    let table = table();
    for _ in 0..ENTRIES {
        let at = table.take().unwrap();
        table.entries[at].process.store(Process::own().packed(), Ordering::Relaxed);
    }
    assert_eq!((table.free(), table.lost_count.load(Ordering::Relaxed)), (None, 0));
    // One has ended, another one is just being filled in, and a third one forks for longer than forks take.
    let gone = Process::unpacked(Process::own().packed()).child(i32::MAX);
    table.entries[5].process.store(gone.packed(), Ordering::Relaxed);
    table.entries[6].id.store(TAKEN, Ordering::Relaxed);
    table.entries[7].process.store(FORKING, Ordering::Relaxed);
    assert_eq!([table.take(), table.take(), table.take()], [Some(5), Some(7), None]);
    assert_eq!(table.lost_count.load(Ordering::Relaxed), 1);
}

#[test]
fn what_a_process_of_another_script_has_is_held_outside() {
    let table = table();
    let [own, other, free] = [0; 3].map(|_| table.take().unwrap());
    let entry = |at: usize| &table.entries[at];
    let script = script();
    for at in [own, other] {
        entry(at).script.store(script, Ordering::Relaxed);
        entry(at).process.store(Process::own().packed(), Ordering::Relaxed);
    }
    entry(free).id.store(0, Ordering::Relaxed);
    let maker = entry(other).id.load(Ordering::Relaxed);
    assert!(!table.is_held_outside(maker, 9), "it belongs to this script");
    entry(other).script.store(script + 1, Ordering::Relaxed);
    assert!(table.is_held_outside(maker, 9));
    assert!(!table.is_held_outside(maker + 9, 9), "nobody has that");
    entry(other).id.store(TAKEN, Ordering::Relaxed);
    assert!(!table.is_held_outside(maker, 9), "it is being filled in");
}
