use super::{Common, check, fork, reaped};
use crate::process::shared::job_queue::JobQueue;

#[test]
fn no_item_begins_once_its_child_was_found_at_the_same_one_after_its_dismissal() {
    check(4, || {
        let queue = Common::new(JobQueue::new().unwrap());
        queue.get().time_items(0);
        let slot = queue.get().sit(0, 0).unwrap();
        assert!(slot.begin(1));
        let worker = fork(move || {
            slot.rest();
            slot.begin(2)
        });
        let before = queue.get().item(0).map(|(item, _)| item);
        queue.get().dismiss(0);
        let after = queue.get().item(0).map(|(item, _)| item);
        let began = reaped(worker);
        assert!(
            !(began && before.is_some() && before == after),
            "the parent has killed a worker for another item"
        );
        assert_eq!(queue.get().begun(0), if began { 2 } else { 1 });
        queue.end();
    });
}
