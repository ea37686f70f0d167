//! What must not be, and everything that breaks it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    resolve::{Arrow, Resolver},
    source::Crate,
    storeys::{COMMON, FOR_TESTS, ROWS, Row},
};

/// Lines of a file of the program, its tests in a file of their own apart.
const LONGEST: usize = 350;
const PRINTS: &[&str] = &["println", "eprintln", "print", "eprint", "dbg"];

/// All violations in files given as path in `src/` and text; `crates` are the foreign ones.
pub(crate) fn violations(sources: &[(String, String)], crates: &[String]) -> Vec<String> {
    let parsed = &Crate::parse(sources);
    let (arrows, foreign) = Resolver { parsed, foreign: crates }.arrows();
    let mut found = Vec::new();
    found.extend(rowless(parsed));
    found.extend(arrows.iter().filter_map(|arrow| forbidden(parsed, arrow)));
    for (file, line, name, in_tests) in foreign {
        let in_tests = in_tests || parsed.tests.contains(&file);
        let is_free = COMMON.contains(&&*name) || in_tests && FOR_TESTS.contains(&&*name);
        let owner = top(&parsed.files[file]);
        if !is_free && row(owner).is_some_and(|row| !row.owns.contains(&&*name)) {
            found.push(format!("{}:{line}: {name} is not {owner}'s", parsed.files[file]));
        }
    }
    found.extend(prints(parsed));
    found.extend(long(parsed));
    let mut seen = BTreeSet::new();
    // The same name in the same file is told once.
    found.retain(|line| seen.insert((line.split(':').next().map(str::to_owned), after_line(line))));
    found.extend(shared_names(parsed));
    found.extend(circles(parsed, &arrows));
    found
}

fn after_line(violation: &str) -> String {
    violation.splitn(3, ':').nth(2).unwrap_or(violation).to_owned()
}

fn row(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}

/// The file or folder of `src/` that a path belongs to.
fn top(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap_or(path)
}

/// The row of a room inside a folder whose rooms have rows.
fn room(path: &str) -> Option<&'static Row> {
    let name = path.trim_end_matches(".rs");
    ROWS.iter()
        .filter(|row| row.name.contains('/'))
        .find(|row| name.strip_prefix(row.name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn rowless(parsed: &Crate) -> impl Iterator<Item = String> {
    parsed.files.iter().filter_map(|path| {
        let has_rooms = ROWS.iter().any(|row| row.name.starts_with(&format!("{}/", top(path))));
        let name = if has_rooms && !path.ends_with("/mod.rs") { path } else { top(path) };
        let is_known = if has_rooms && name == path { room(path).is_some() } else { row(name).is_some() };
        (!is_known).then(|| format!("{path}:1: {name} has no row in tests/architecture"))
    })
}

fn forbidden(parsed: &Crate, arrow: &Arrow) -> Option<String> {
    let (from, to) = (&*parsed.files[arrow.from], &*parsed.files[arrow.to]);
    // Tests tell what they have tried, and know the neighbours of what they test.
    if arrow.in_tests && (top(from) == top(to) || top(to) == "testing") {
        return None;
    }
    let (one, other) =
        if top(from) == top(to) { (room(from)?, room(to)?) } else { (row(top(from))?, row(top(to))?) };
    let knows = one.name == other.name || one.knows.iter().any(|names| names.contains(&other.name));
    (!knows).then(|| format!("{from}:{}: {} must not know {}", arrow.line, one.name, other.name))
}

fn prints(parsed: &Crate) -> impl Iterator<Item = String> {
    let said = parsed.mentions.iter().filter(|mention| {
        let is_print =
            mention.path.last().is_some_and(|name| name == "!") && PRINTS.contains(&&*mention.path[0]);
        is_print && !mention.in_tests && !parsed.tests.contains(&mention.file)
    });
    said.filter_map(|mention| {
        let path = &parsed.files[mention.file];
        let name = top(path);
        (name != "cli").then(|| format!("{path}:{}: {name} must not print", mention.line))
    })
}

fn long(parsed: &Crate) -> impl Iterator<Item = String> {
    let files = parsed.files.iter().zip(&parsed.lines).enumerate();
    files
        .filter(|(file, (_, lines))| **lines > LONGEST && !parsed.tests.contains(file))
        .map(|(_, (path, lines))| format!("{path}:1: {lines} lines are more than {LONGEST}"))
}

/// Names that several types have.
fn shared_names(parsed: &Crate) -> Vec<String> {
    let mut names: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for found in parsed.types.iter().filter(|found| !parsed.tests.contains(&found.file)) {
        let place = format!("{}:{}", parsed.files[found.file], found.line);
        names.entry(&found.name).or_default().push(place);
    }
    let shared = names.into_iter().filter(|(_, places)| places.len() > 1);
    shared.map(|(name, places)| format!("{name} is {} types: {}", places.len(), places.join(", "))).collect()
}

/// The knots of files that lead to each other, each with a shortest circle through its first file and all its arrows.
fn circles(parsed: &Crate, arrows: &[Arrow]) -> Vec<String> {
    let mut next: BTreeMap<usize, BTreeMap<usize, &Arrow>> = BTreeMap::new();
    for arrow in arrows.iter().filter(|arrow| !arrow.in_tests && !arrow.is_indirect) {
        next.entry(arrow.from).or_default().entry(arrow.to).or_insert(arrow);
    }
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        next.keys().map(|start| (*start, reach(&next, *start))).collect();
    let leads = |from: &usize, to: &usize| reached.get(from).is_some_and(|files| files.contains(to));
    let (mut found, mut told) = (Vec::new(), BTreeSet::new());
    for start in next.keys().filter(|start| leads(start, start)) {
        let knot: BTreeSet<usize> =
            next.keys().filter(|file| leads(start, file) && leads(file, start)).copied().collect();
        if !told.insert(knot.clone()) {
            continue;
        }
        let names: Vec<&str> = knot.iter().map(|file| &*parsed.files[*file]).collect();
        found.push(format!("{} files in a circle: {}", knot.len(), names.join(", ")));
        for arrow in knot.iter().flat_map(|file| next[file].values()).filter(|arrow| knot.contains(&arrow.to))
        {
            let (from, to) = (&parsed.files[arrow.from], &parsed.files[arrow.to]);
            found.push(format!("    {from}:{} -> {to} ({})", arrow.line, arrow.path));
        }
    }
    found
}

/// All files that arrows lead to from `start`.
fn reach(next: &BTreeMap<usize, BTreeMap<usize, &Arrow>>, start: usize) -> BTreeSet<usize> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(file) = open.pop() {
        for to in next.get(&file).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(*to) {
                open.push(*to);
            }
        }
    }
    reached
}

/// `pub` items of all files.
pub(crate) fn public_items(sources: &[(String, String)]) -> usize {
    let parsed = Crate::parse(sources);
    let files = parsed.public.iter().enumerate().filter(|(file, _)| !parsed.tests.contains(file));
    files.map(|(_, count)| count).sum()
}
