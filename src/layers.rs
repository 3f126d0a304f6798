//! Compares the tables of allowed imports, in `lib.rs` and `task/mod.rs`, with what the files import, and finds circles.

mod circles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Imports = BTreeMap<String, BTreeSet<String>>;

/// The names between backquotes in a text.
fn quoted(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn allowed(lib: &str) -> Imports {
    let rows = lib.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let row = |row: &str| {
        let (name, _) = row.split_once('`').unwrap();
        let (_, knows) = row.trim_end_matches(" |").rsplit_once(" | ").unwrap();
        (name.to_owned(), quoted(knows))
    };
    rows.map(row).collect()
}

/// The names that follow `prefix`, in braces or not, outside of comments.
fn imported(source: &str, prefix: &str) -> BTreeSet<String> {
    let code: String = source.lines().map(|line| line.split("//").next().unwrap()).collect();
    let name =
        |path: &str| path.trim().split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap().to_owned();
    let mut names = BTreeSet::new();
    for path in code.split(prefix).skip(1) {
        match path.strip_prefix('{') {
            Some(list) => names.extend(list.split('}').next().unwrap().split(',').map(name)),
            None => drop(names.insert(name(path))),
        }
    }
    names
}

fn read(path: &Path, prefix: &str, names: &mut BTreeSet<String>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            read(&entry.unwrap().path(), prefix, names);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        names.extend(imported(&fs::read_to_string(path).unwrap(), prefix));
    }
}

/// Compares the table in `folder`'s file `root` with what the files and folders beside that file import by `prefix`.
fn compare(folder: &str, root: &str, prefix: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Imports::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path != folder.join(root) && name != "layers" {
            let names = found.entry(name.clone()).or_default();
            read(&path, prefix, names);
            names.remove(&name);
        }
    }
    assert_eq!(found, allowed(&fs::read_to_string(folder.join(root)).unwrap()));
}

#[test]
fn nothing_is_imported_but_what_the_table_says_and_all_of_that() {
    compare("src", "lib.rs", "crate::");
}

#[test]
fn the_same_between_the_folders_of_tasks() {
    compare("src/task", "mod.rs", "crate::task::");
}

#[test]
fn imports_are_found_in_braces_too_and_not_in_comments() {
    let source = "use crate::a::{b, c};\nuse crate::{d, e::f};\n// crate::g\nfn h() { crate::i::j() }";
    assert_eq!(imported(source, "crate::"), quoted("`a` `d` `e` `i`"));
}
