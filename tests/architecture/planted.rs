//! The rules themselves are tested: a planted violation of each kind is found, and what is allowed is none.

use crate::rules::{public_items, violations};

const CRATES: [&str; 6] = ["redb", "clap", "serde", "symphonia", "tempfile", "ndarray"];

/// What is found in these files; each has a path in `src/` and a text.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let mut files: Vec<_> = files.iter().map(|(path, text)| (path.to_string(), text.to_string())).collect();
    files.sort();
    violations(&files, &CRATES.map(str::to_owned))
}

/// Modules that planted imports lead to; none of them breaks a rule.
const HOUSE: &[(&str, &str)] = &[
    ("lib.rs", "pub mod store; pub use store::View;"),
    ("time.rs", "pub struct Moment;"),
    ("clustering/mod.rs", "pub mod kmeans; pub use self::kmeans::KMeans;"),
    ("clustering/kmeans.rs", "pub struct KMeans;"),
    ("audio/mod.rs", "pub mod decode;"),
    ("audio/decode.rs", "pub struct Decoder;"),
    ("store/mod.rs", "pub mod view; pub mod codec; pub use self::view::View;"),
    ("store/view.rs", "pub struct View; pub fn read() {}"),
    ("store/codec.rs", "pub fn encode() {}"),
    ("app/mod.rs", "pub mod progress; pub mod scan; pub mod cluster;"),
    ("app/progress.rs", "pub trait Progress {}"),
    ("app/scan/mod.rs", "pub fn scan() {}"),
    ("app/cluster/mod.rs", "pub fn cluster() {}"),
];

/// What is found when one file is built into the house.
fn in_house(path: &str, text: &str) -> Vec<String> {
    let others = HOUSE.iter().filter(|(other, _)| *other != path);
    found(&others.copied().chain([(path, text)]).collect::<Vec<_>>())
}

#[test]
fn every_planted_import_and_print_is_found() {
    for (path, text, complaint) in [
        ("store/library.rs", "use crate::clustering::KMeans;", "1: store must not know clustering"),
        (
            "store/library.rs",
            "use crate::{\n    store::View,\n    app::{progress, scan},\n};",
            "3: store must not know app",
        ),
        ("store/open.rs", "use super::super::audio;", "1: store must not know audio"),
        ("store/open.rs", "pub use crate::audio::decode::Decoder;", "1: store must not know audio"),
        ("audio/open.rs", "fn f() { indexer::View; }", "1: audio must not know store"),
        ("digest.rs", "fn f() {\n    crate::time::Moment::now();\n}", "2: digest must not know time"),
        ("track.rs", "fn f() { g!(x, crate::audio::decode::Decoder) }", "1: track must not know audio"),
        (
            "clustering/ward.rs",
            "#[cfg(test)]\nuse crate::audio::decode;",
            "2: clustering must not know audio",
        ),
        ("app/cluster/pins.rs", "use crate::app::scan::scan;", "1: app/cluster must not know app/scan"),
        ("app/scan/plan.rs", "use super::super::cluster;", "1: app/scan must not know app/cluster"),
        ("app/scan/plan.rs", "use redb::Database;", "1: redb is not app's"),
        ("app/scan/plan.rs", "fn f(x: Vec<redb::Database>) {}", "1: redb is not app's"),
        ("app/scan/plan.rs", "#[derive(clap::Args)]\nstruct S;", "1: clap is not app's"),
        ("app/scan/plan.rs", "fn f() { let c = '\"'; use ::clap::Args; }", "1: clap is not app's"),
        ("cli/scan.rs", "use indexer::store::View;\nuse redb::{self};", "2: redb is not cli's"),
        (
            "audio/open.rs",
            "use tempfile::tempfile;\n#[cfg(test)]\nmod tests {}",
            "1: tempfile is not audio's",
        ),
        ("app/prune.rs", "fn f() {\n    println!(\"{}\", 1);\n}", "2: app must not print"),
        ("app/prune.rs", "fn f() { vec![dbg!()]; }", "1: app must not print"),
        ("helpers/mod.rs", "", "1: helpers has no row in tests/architecture"),
        ("app/errands.rs", "", "1: app/errands.rs has no row in tests/architecture"),
    ] {
        assert_eq!(in_house(path, text), [format!("{path}:{complaint}")], "{text}");
    }
}

#[test]
fn every_violation_is_told_and_each_once() {
    let text = "use redb::A;\nuse redb::B;\nuse crate::store;\nfn f() { print!(); store::read() }";
    let expected = ["3: audio must not know store", "1: redb is not audio's", "4: audio must not print"];
    assert_eq!(in_house("audio/open.rs", text), expected.map(|line| format!("audio/open.rs:{line}")));
}

#[test]
fn planted_circles_are_found_through_modules_and_reexports() {
    for (view, codec) in [
        ("use super::codec::encode;", "use super::view::View;"),
        ("fn f() { super::codec::encode() }", "fn f() { crate::View; }"),
        ("use super::codec; fn f() { codec::encode() }", "use super::*; fn f(_: View) {}"),
        ("fn f() { assert!(super::codec::encode()) }", "fn f() { format!(\"\", super::View) }"),
    ] {
        let (view, codec) = (format!("pub struct View; {view}"), format!("pub fn encode() {{}} {codec}"));
        let found = found(&[
            ("lib.rs", "pub mod store; pub use store::View;"),
            ("store/mod.rs", "pub mod view; pub mod codec; pub use self::view::View;"),
            ("store/view.rs", &view),
            ("store/codec.rs", &codec),
        ]);
        let circle = "2 files in a circle: store/codec.rs, store/view.rs";
        assert_eq!(found.first().map(String::as_str), Some(circle), "{view} {codec}: {found:?}");
        assert_eq!(found.len(), 3, "the circle and its two arrows: {found:?}");
    }
}

#[test]
fn a_file_whose_parts_need_what_it_defines_is_a_circle() {
    let parent = "mod part; use self::part::Part; pub struct Whole(Part);";
    let of = |part| found(&[("store/mod.rs", parent), ("store/part.rs", part)]);
    assert_eq!(of("pub struct Part(super::Whole);")[0], "2 files in a circle: store/mod.rs, store/part.rs");
    let found = found(&[
        ("cli/mod.rs", "mod a; mod b; mod c;"),
        ("cli/a.rs", "use super::b::B; pub struct A;"),
        ("cli/b.rs", "use super::c::C; pub struct B;"),
        ("cli/c.rs", "use super::a::A; pub struct C;"),
    ]);
    assert_eq!(found[0], "3 files in a circle: cli/a.rs, cli/b.rs, cli/c.rs");
}

#[test]
fn modules_reexports_and_tests_make_no_circle() {
    for (parent, part) in [
        ("mod part; pub use self::part::Part; pub struct Whole;", "pub struct Part(super::Whole);"),
        ("mod part; pub(crate) use self::part::Part; pub struct Whole;", "pub struct Part(super::Whole);"),
        ("mod part; pub struct Whole;", "pub struct Part(super::Whole);"),
        (
            "mod part; use self::part::Part; pub struct Whole(Part);",
            "pub struct Part; #[cfg(test)] mod tests { use super::super::Whole; }",
        ),
        (
            "mod part; use self::part::Part; pub struct Whole(Part);",
            "pub struct Part; #[cfg(test)] fn f(_: super::Whole) {}",
        ),
    ] {
        let found = found(&[("store/mod.rs", parent), ("store/part.rs", part)]);
        assert_eq!(found, [] as [String; 0], "{parent} {part}");
    }
}

#[test]
fn what_only_tests_have_may_share_names_and_be_public() {
    let files = [
        ("store/a.rs", "pub struct Name;"),
        ("testing/mod.rs", "pub mod b;"),
        ("testing/b.rs", "pub struct Name;"),
        ("lib.rs", "#[cfg(feature = \"testing\")]\npub mod testing;"),
    ];
    assert_eq!(found(&files), [] as [String; 0]);
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    assert_eq!(public_items(&files), 1);
}

#[test]
fn a_name_of_two_types_is_found() {
    let of = |one, other| found(&[("store/a.rs", one), ("audio/b.rs", other)]);
    let complaint = "Name is 2 types: audio/b.rs:2, store/a.rs:1";
    for one in
        ["pub struct Name;", "pub(crate) enum Name {}", "pub(super) trait Name {}", "pub type Name = u8;"]
    {
        assert_eq!(of(one, "\npub(crate) struct Name;"), [complaint], "{one}");
    }
    for one in
        ["struct Name;", "pub fn name() {}", "#[cfg(test)] pub struct Name;", "pub const Name: u8 = 0;"]
    {
        assert_eq!(of(one, "\npub struct Name;"), [] as [String; 0], "{one}");
    }
}

#[test]
fn a_file_that_is_too_long_is_found() {
    let long = "//\n".repeat(351);
    assert_eq!(found(&[("store/a.rs", &long)]), ["store/a.rs:1: 351 lines are more than 350"]);
    assert_eq!(found(&[("store/a.rs", &long[3..]), ("store/a/tests.rs", &long)]), [] as [String; 0]);
}

#[test]
fn what_is_allowed_or_only_said_is_no_violation() {
    for (path, text) in [
        ("store/library.rs", "use redb::{Database, Key};\nuse crate::time::Moment;\nuse super::codec;"),
        ("extract/mod.rs", "use crate::audio::decode::Decoder;\nuse super::super::audio;"),
        (
            "app/scan/plan.rs",
            "/// See [`crate::cli`], redb::Database.\nuse serde::Serialize; // redb::x\nconst X: &str = \"redb::y\";",
        ),
        (
            "app/scan/plan.rs",
            "const A: (char, &str) = ('\\'', r#\"clap::Args \"quoted\" redb::z\"#);\nfn f<'a>(redb: &'a str) { redb; }",
        ),
        ("app/scan/plan.rs", "use super::super::progress::Progress;\npub(in crate::app) fn f() {}"),
        ("app/scan/plan.rs", "#[cfg(test)]\nmod tests { use super::super::super::cluster::cluster; }"),
        ("audio/open.rs", "#[cfg(test)]\nmod tests {\n    use tempfile::tempfile;\n}"),
        ("clustering/tests.rs", "fn f() { println!(\"{}\", 1); }"),
        (
            "cli/mod.rs",
            "use clap::Parser;\nmod config;\nuse config::ConfigCommand;\nfn f() { eprintln!(\"x\"); }",
        ),
    ] {
        assert_eq!(in_house(path, text), [] as [String; 0], "{text}");
    }
}

#[test]
fn public_items_are_counted_without_fields_and_narrower_visibilities() {
    let text = "pub mod a; pub use a::A; pub struct B { pub c: u8 } impl B { pub fn d() {} pub(crate) fn e() {} }
        pub(crate) fn f() {} fn g() {} #[cfg(test)] pub fn h() {} #[cfg(feature = \"testing\")] pub mod testing;";
    assert_eq!(public_items(&[("store/mod.rs".to_owned(), text.to_owned())]), 4);
}
