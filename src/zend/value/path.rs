//! Where in a value a part of it is, as messages say it.

/// One step of a path, from a value to one of its parts.
pub(super) enum Step {
    Index(i64),
    Key(Vec<u8>),
    Property(Vec<u8>),
    /// A value in the internal data of an object, which has no name.
    Inside,
}

/// A path as text: `[3]->prop["key"]`. Long paths are cut.
pub(super) fn path<'s>(steps: impl ExactSizeIterator<Item = &'s Step>) -> String {
    const SHOWN: usize = 64;
    let more = steps.len() > SHOWN;
    let mut path = String::new();
    for step in steps.take(SHOWN) {
        let text = match step {
            Step::Index(index) => format!("[{index}]"),
            Step::Key(key) => format!("[\"{}\"]", String::from_utf8_lossy(key)),
            Step::Property(name) => format!("->{}", String::from_utf8_lossy(name)),
            Step::Inside => continue,
        };
        path.push_str(&text);
    }
    if more {
        path.push_str("...");
    }
    path
}
