use super::texts::{death_text, what};
use super::*;
use crate::process::wait::Exit;

fn subject() -> Subject {
    Subject { label: Label::Key("a".into()), pid: Some(7) }
}

#[test]
fn a_death_names_task_pid_and_cause() {
    let error = Error::Died {
        subject: subject(),
        death: Death::Gone { exit: Exit::Signal { number: 11, core: true }, writing: false },
        traces: Traces::default(),
    };
    assert_eq!(
        error.to_string(),
        "task \"a\" (pid 7) was killed by signal 11 (SIGSEGV, core dumped) before it gave a result"
    );
}

#[test]
fn a_death_tells_what_it_left() {
    let error = Error::Died {
        subject: subject(),
        death: Death::Gone { exit: Exit::Signal { number: 9, core: false }, writing: false },
        traces: Traces { error_output: Some(b"one\ntwo\n".to_vec()), memory_killer: true },
    };
    assert_eq!(
        error.to_string(),
        "task \"a\" (pid 7) was killed by signal 9 (SIGKILL) before it gave a result; it was probably the kernel, \
         for want of memory: let fewer tasks run at once, or give them more memory; the last line of its error \
         output: two"
    );
}

#[test]
fn no_death_is_without_words() {
    let exits = (0..256).map(Exit::Code).chain((1..65).map(|number| Exit::Signal { number, core: false }));
    for exit in exits.chain([Exit::Unknown]) {
        for writing in [false, true] {
            let text = death_text(&Death::Gone { exit, writing });
            assert!(text.len() > 20, "{text}");
        }
    }
}

#[test]
fn a_path_is_shown_where_there_is_one() {
    assert_eq!(what("Closure", ""), "a value of type Closure");
    assert_eq!(what("Closure", "[0]->f"), "Closure at $result[0]->f");
}
