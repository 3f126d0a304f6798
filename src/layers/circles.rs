//! Finds files that import one another in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// What each module imports, by their paths: `process::poller::reactor`. Tests are left out.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The source text of each module below `folder`, without comments, and without tests in the same file.
fn sources(folder: &Path, module: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if matches!(stem, "tests" | "models" | "layers" | "lib") {
            continue;
        }
        let name = if module.is_empty() { stem.to_owned() } else { format!("{module}::{stem}") };
        if path.is_dir() {
            sources(&path, &name, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code: Vec<_> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
            let name = if stem == "mod" { module.to_owned() } else { name };
            found.insert(name, code.join(" "));
        }
    }
}

/// The paths of a `use`, with its braces resolved.
fn expand(prefix: &str, list: &str, paths: &mut Vec<String>) {
    let (mut depth, mut from) = (0, 0);
    for (at, char) in list.char_indices().chain([(list.len(), ',')]) {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let item = list[from..at].trim();
                match item.split_once('{') {
                    Some((head, rest)) => {
                        let inner = rest.rsplit_once('}').unwrap().0;
                        expand(&format!("{prefix}{}", head.trim()), inner, paths);
                    }
                    None if item.is_empty() => {}
                    None => paths.push(format!("{prefix}{item}")),
                }
                from = at + 1;
            }
            _ => {}
        }
    }
}

/// All paths that a source text names, in a `use` or elsewhere.
fn paths(code: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut rest = String::new();
    for statement in code.split(';') {
        // Not in the middle of a text.
        let is_use = |at: &usize| {
            let before = statement[..*at].trim_end();
            before.is_empty() || before.ends_with(['}', ']', '{', ')']) || before.ends_with("pub")
        };
        match statement.find("use ").filter(is_use) {
            Some(at) => {
                expand("", &statement[at + "use ".len()..], &mut paths);
                rest += &statement[..at];
            }
            None => rest += statement,
        }
    }
    let is_part = |char: char| char.is_alphanumeric() || char == '_' || char == ':';
    let words = rest.split(|char| !is_part(char)).filter(|word| word.contains("::"));
    let is_path = |word: &&str| ["crate::", "super::", "self::"].iter().any(|head| word.starts_with(head));
    paths.extend(words.filter(is_path).map(str::to_owned));
    paths
}

/// The module that a path in the file of `module` leads to.
fn target(module: &str, path: &str, known: &BTreeMap<String, String>) -> Option<String> {
    let mut base: Vec<_> = module.split("::").collect();
    let mut parts: Vec<_> = path.split("::").map(|part| part.split(' ').next().unwrap()).collect();
    match parts[0] {
        "crate" => base.clear(),
        "self" => {}
        "super" => {
            while parts.get(1) == Some(&"super") {
                base.pop();
                parts.remove(0);
            }
            base.pop();
        }
        _ => parts.insert(0, ""),
    }
    base.extend(&parts[1..]);
    let prefixes = (1..=base.len()).rev().map(|length| base[..length].join("::"));
    prefixes.into_iter().find(|name| known.contains_key(name)).filter(|name| name != module)
}

fn graph(src: &Path) -> Graph {
    let mut known = BTreeMap::new();
    sources(src, "", &mut known);
    let imports = |(module, code): (&String, &String)| {
        let targets = paths(code).iter().filter_map(|path| target(module, path, &known)).collect();
        (module.clone(), targets)
    };
    known.iter().map(imports).collect()
}

/// What can be reached from a module by its imports.
fn reachable<'g>(graph: &'g Graph, from: &'g str) -> BTreeSet<&'g str> {
    let (mut seen, mut left) = (BTreeSet::new(), vec![from]);
    while let Some(module) = left.pop() {
        for next in graph.get(module).into_iter().flatten() {
            if seen.insert(next.as_str()) {
                left.push(next);
            }
        }
    }
    seen
}

/// The folder of a module: its own, if it has one.
fn folder<'m>(graph: &Graph, module: &'m str) -> &'m str {
    let below = format!("{module}::");
    let has_own = graph.keys().any(|name| name.starts_with(&below));
    if has_own { module } else { module.rsplit_once("::").map_or("", |(folder, _)| folder) }
}

/// Two modules of different folders of which each can be reached from the other.
fn circles(graph: &Graph) -> Vec<(&str, &str)> {
    let from: BTreeMap<_, _> = graph.keys().map(|name| (name.as_str(), reachable(graph, name))).collect();
    let pairs = from.iter().flat_map(|(one, seen)| seen.iter().map(move |other| (*one, *other)));
    pairs
        .filter(|(one, other)| one < other && from[other].contains(one))
        .filter(|(one, other)| folder(graph, one) != folder(graph, other))
        .collect()
}

#[test]
fn no_circle_of_imports_goes_through_two_folders() {
    let graph = graph(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(
        graph.len() > 100 && graph["module"].contains("php"),
        "the files are found, and what they import"
    );
    assert_eq!(circles(&graph), []);
}

#[test]
fn a_circle_through_two_folders_is_found_and_one_inside_of_a_folder_is_none() {
    let graph = |imports: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for &(one, other) in imports {
            graph.entry(one.to_owned()).or_default().insert(other.to_owned());
            graph.entry(other.to_owned()).or_default();
        }
        graph
    };
    assert_eq!(circles(&graph(&[("a::b", "a::c"), ("a::c", "a::b"), ("a", "a::b"), ("a::b", "a")])), []);
    assert_eq!(circles(&graph(&[("a::b", "d::e"), ("d::e", "f"), ("f", "a::b")])).len(), 3);
}

#[test]
fn paths_are_found_in_braces_and_outside_of_imports() {
    let found = paths("use crate::a::{b, c::{self, d}}; fn f() { super::g::h(); i::j() } use k");
    assert_eq!(found, ["crate::a::b", "crate::a::c::self", "crate::a::c::d", "k", "super::g::h"]);
    let known = ["a", "a::b", "a::b::c"].map(|name| (name.to_owned(), String::new())).into();
    assert_eq!(target("a::b::c", "super::super::X", &known).as_deref(), Some("a"));
    assert_eq!(target("a", "self::b::c::f", &known).as_deref(), Some("a::b::c"));
    assert_eq!(target("a::b", "c::f", &known).as_deref(), Some("a::b::c"));
    assert_eq!(target("a::b", "std::f", &known), None);
}
