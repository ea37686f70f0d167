use std::io::Write;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use super::*;

/// Creates a file and the folders that hold it.
fn place(path: PathBuf) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "not a library").unwrap();
    path
}

/// A shared library with the interface of ONNX Runtime that reports version 1.20.0.
fn old(path: &Path) {
    let source = "
        struct base { const void *(*api)(unsigned); const char *(*version)(void); };
        static const void *api(unsigned version) { return 0; }
        static const char *version(void) { return \"1.20.0\"; }
        static const struct base base = { api, version };
        const struct base *OrtGetApiBase(void) { return &base; }";
    // What links Rust programs compiles this too.
    let mut cc = Command::new("cc");
    let cc = cc.args(["-shared", "-fPIC", "-x", "c", "-", "-o"]).arg(path).stdin(Stdio::piped());
    let mut running = cc.spawn().unwrap();
    running.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    assert!(running.wait().unwrap().success());
}

fn misses(search: &Search) -> Misses {
    load(search).err().unwrap()
}

#[test]
fn what_cannot_be_used_is_skipped_and_named_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let library = |name| folder.path().join(name);
    let capi = library("data/onnxruntime/lib/python3.11/site-packages/onnxruntime/capi");
    let text = place(capi.join("libonnxruntime.so.1.31.1"));
    old(&capi.join("libonnxruntime.so.1.20.0"));
    let search = Search {
        setting: library("nothing.so"),
        variable: place(library("variable/other")).parent().unwrap().to_owned(),
        data: vec![library("data"), library("absent")],
        ..Search::default()
    };
    let misses = misses(&search);
    let (all, found) = (misses.all(), misses.found());
    let lines: Vec<_> = all.split("; ").collect();
    let name = |name| library(name).display().to_string();
    assert_eq!(lines[0], format!("inference.runtime = {0}: no {0}", name("nothing.so")));
    assert_eq!(lines[1], format!("none in ORT_DYLIB_PATH = {}", name("variable")));
    assert!(lines[2].starts_with(&format!("{} cannot be loaded (", text.display())), "{all}");
    let too_old =
        format!("{}/libonnxruntime.so.1.20.0 is version 1.20.0, and 1.24 or newer is needed", capi.display());
    assert_eq!(lines[3], too_old);
    assert_eq!(lines[4], format!("none in {}", name("absent")));
    assert_eq!(lines.len(), 5);
    assert_eq!(found, lines[..4].join("; "));
    assert!(!all.contains('\n'));
}

#[test]
fn a_library_of_something_else_is_not_an_onnx_runtime() {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mut libraries = maps.lines().filter_map(|line| line.find('/').map(|at| PathBuf::from(&line[at..])));
    let other = libraries.find(|path| path.to_string_lossy().contains("libc.so")).unwrap();
    let found = misses(&Search { setting: other.clone(), ..Search::default() }).found();
    assert!(found.ends_with(&format!("{} is not an ONNX Runtime", other.display())), "{found}");
}

#[test]
fn the_newest_library_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let file = |at: &str| place(folder.path().join(at));
    let nine = file("a/onnxruntime/capi/libonnxruntime.so.1.9.9");
    let newest = file("b/lib/python3.14/site-packages/onnxruntime/capi/libonnxruntime.so.1.100.0");
    let middle = file("onnxruntime/capi/libonnxruntime.so.1.31.1");
    let nameless = file("libonnxruntime.so");
    file("onnxruntime/capi/libonnxruntime_providers_shared.so");
    assert_eq!(within(folder.path()), [newest, middle.clone(), nine, nameless.clone()]);
    assert_eq!(within(middle.parent().unwrap()), [middle]);
    // A link has the version of what it leads to.
    fs::remove_file(&nameless).unwrap();
    symlink("onnxruntime/capi/libonnxruntime.so.1.31.1", &nameless).unwrap();
    assert_eq!(libraries(folder.path()), std::slice::from_ref(&nameless));
    assert_eq!(version_numbers(&loaded_file(&nameless)), [1, 31, 1]);
}

#[test]
fn the_search_follows_no_links_and_does_not_go_deep() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    place(folder.path().join("elsewhere/onnxruntime/capi/libonnxruntime.so"));
    place(data.join("1/2/3/4/5/6/onnxruntime/capi/libonnxruntime.so"));
    place(data.join("lib/site-packages/numpy/onnxruntime/capi/libonnxruntime.so"));
    place(data.join("capi/libonnxruntime.so"));
    symlink("../elsewhere", data.join("link")).unwrap();
    symlink(".", data.join("loop")).unwrap();
    assert_eq!(within(&data), [""; 0].map(PathBuf::from));
    let deep = place(data.join("1/2/3/4/5/onnxruntime/capi/libonnxruntime.so"));
    assert_eq!(within(&data), [deep]);
}

#[test]
fn places_come_in_the_order_of_the_documentation() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let search = Search {
        setting: at("1"),
        variable: at("2"),
        program: at("3"),
        data: vec![at("4")],
        system: true,
        environment: at("6"),
    };
    let names: Vec<_> = search.places().into_iter().map(|place| place.name).collect();
    let full = |name| at(name).display().to_string();
    let [setting, variable] = [("inference.runtime", "1"), ("ORT_DYLIB_PATH", "2")]
        .map(|(name, path)| format!("{name} = {}", full(path)));
    assert_eq!(names, [setting, variable, full("3"), full("4"), "the system".to_owned(), full("6")]);
}
