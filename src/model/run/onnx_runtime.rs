//! Finds and loads ONNX Runtime: a shared library that pip, a distribution or the user has installed.

use std::path::{Path, PathBuf};
use std::{cmp::Reverse, env, error::Error as _, ffi::CStr, fs};

use libloading::Library;
use ort::environment::EnvironmentBuilder;
use ort::sys::{ORT_API_VERSION, OrtApiBase};

use crate::fs::trust::check_owner;

/// How deep the search goes below a folder: `DATA/ANY/lib/python3.11/site-packages/onnxruntime/capi` is six deep.
const MOST_DEPTH: usize = 7;
/// The most folders that are searched below one.
const MOST_FOLDERS: usize = 4096;
/// The beginning of the library's file name.
const STEM: &str = if cfg!(target_os = "macos") { "libonnxruntime." } else { "libonnxruntime.so" };
/// The names that the dynamic loader is asked for.
const SYSTEM_NAMES: [&str; 2] = if cfg!(target_os = "macos") {
    ["libonnxruntime.dylib", "libonnxruntime.1.dylib"]
} else {
    ["libonnxruntime.so", "libonnxruntime.so.1"]
};

/// Where ONNX Runtime is looked for, in the order of the fields.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    /// The setting `inference.runtime`; empty: it is not set.
    pub setting: PathBuf,
    /// `ORT_DYLIB_PATH`.
    pub variable: PathBuf,
    /// The folder of the program.
    pub program: PathBuf,
    /// Folders of data in which the user may have installed it.
    pub data: Vec<PathBuf>,
    /// Whether the dynamic loader is asked.
    pub system: bool,
    /// `VIRTUAL_ENV`.
    pub environment: PathBuf,
}

/// ONNX Runtime, loaded.
pub(crate) struct Runtime {
    pub library: PathBuf,
    /// The version that the library reports.
    pub version: String,
    /// Libraries found before it that cannot be used, each with the reason.
    pub skipped: String,
    pub builder: EnvironmentBuilder,
}

/// Places without a library, and libraries that cannot be used, each with the reason, and whether it was found there or
/// named by the user.
#[derive(Default)]
pub(crate) struct Misses(Vec<(bool, String)>);

impl Misses {
    /// Every place and library that was tried.
    pub(crate) fn all(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("; ")
    }

    /// The libraries that were found but cannot be used, and what the user has named.
    pub(crate) fn found(&self) -> String {
        let found = self.0.iter().filter(|(found, _)| *found).map(|(_, text)| text.as_str());
        found.collect::<Vec<_>>().join("; ")
    }
}

impl Search {
    /// The search of this process.
    pub(crate) fn of_process(setting: &Path, data: &[PathBuf]) -> Self {
        let variable = |name| env::var_os(name).map(PathBuf::from).unwrap_or_default();
        let program = env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned));
        Self {
            setting: setting.to_owned(),
            variable: variable("ORT_DYLIB_PATH"),
            program: program.unwrap_or_default(),
            data: data.to_vec(),
            system: true,
            environment: variable("VIRTUAL_ENV"),
        }
    }

    /// How to install an ONNX Runtime, for people.
    pub(crate) fn how_to_install(&self) -> String {
        let Some(data) = self.data.first() else {
            return "set inference.runtime to its library".to_owned();
        };
        let folder = data.join("onnxruntime");
        let folder = folder.display();
        format!("`python3 -m venv {folder} && {folder}/bin/pip install onnxruntime` gets one")
    }

    fn places(&self) -> Vec<SearchPlace> {
        let mut places = Vec::new();
        for (name, path) in [("inference.runtime", &self.setting), ("ORT_DYLIB_PATH", &self.variable)] {
            if !path.as_os_str().is_empty() {
                let libraries = if path.is_dir() { within(path) } else { vec![path.clone()] };
                let name = format!("{name} = {}", path.display());
                places.push(SearchPlace { name, libraries, named: true });
            }
        }
        let mut add = |name: String, libraries| places.push(SearchPlace { name, libraries, named: false });
        if !self.program.as_os_str().is_empty() {
            add(self.program.display().to_string(), libraries(&self.program));
        }
        for folder in &self.data {
            add(folder.display().to_string(), within(folder));
        }
        if self.system {
            add("the system".to_owned(), SYSTEM_NAMES.map(PathBuf::from).to_vec());
        }
        if !self.environment.as_os_str().is_empty() {
            add(self.environment.display().to_string(), within(&self.environment));
        }
        places
    }
}

/// One place of the search.
struct SearchPlace {
    name: String,
    libraries: Vec<PathBuf>,
    /// Whether the user has named it.
    named: bool,
}

/// Loads the first ONNX Runtime that can be used, or says what was tried.
pub(crate) fn load(search: &Search) -> Result<Runtime, Misses> {
    let mut misses = Misses::default();
    for SearchPlace { name, libraries, named } in search.places() {
        if libraries.is_empty() {
            misses.0.push((named, format!("none in {name}")));
        }
        for library in libraries {
            let (found, reason) = match probe(&library) {
                Ok((_kept, library, version)) => {
                    return match ort::init_from(&library) {
                        Ok(builder) => Ok(Runtime { library, version, skipped: misses.found(), builder }),
                        Err(error) => {
                            misses.0.push((true, error.to_string()));
                            Err(misses)
                        }
                    };
                }
                Err(miss) => miss,
            };
            let reason = if named { format!("{name}: {reason}") } else { reason };
            misses.0.push((found || named, reason));
        }
    }
    Err(misses)
}

/// Opens a library: its handle, its file and its version. An error says whether there is a library at all, and why it
/// cannot be used.
///
/// `ort` would do this too, but only once: after a failure its next call believes that the library is loaded, and
/// it panics on a library without the interface.
fn probe(path: &Path) -> Result<(Library, PathBuf, String), (bool, String)> {
    let name = path.display();
    // The folder too: whoever can write to it can put another library there. What the loader finds has no path here.
    for place in [path.parent().filter(|folder| *folder != Path::new("")), Some(path)].into_iter().flatten() {
        check_owner(place).map_err(|error| (true, error.to_string()))?;
    }
    // SAFETY: the initialisers of a library run when it is opened; it is trusted because of where it lies.
    let library = unsafe { Library::new(path) }.map_err(|error| {
        let text = error.source().unwrap_or(&error).to_string();
        // The loader names the missing file; it may also be one that the library needs.
        let absent = text.starts_with(&*path.to_string_lossy()) && text.contains("o such file");
        match absent {
            true => (false, format!("no {name}")),
            false => (true, format!("{name} cannot be loaded ({text})")),
        }
    })?;
    let foreign = || (true, format!("{name} is not an ONNX Runtime"));
    // SAFETY: a library that has this symbol is an ONNX Runtime, and all of them since 1.0 begin with these two
    // functions; what they return lives as long as the library, which the caller keeps.
    let (version, is_new) = unsafe {
        let base = library.get::<unsafe extern "C" fn() -> *const OrtApiBase>(b"OrtGetApiBase");
        let base = base.map_err(|_| foreign())?().as_ref().ok_or_else(foreign)?;
        let version = CStr::from_ptr((base.GetVersionString)()).to_string_lossy().into_owned();
        let mut parts = version.split('.').map(str::parse::<u32>);
        let (major, minor) = (parts.next(), parts.next());
        let is_new = major == Some(Ok(1)) && matches!(minor, Some(Ok(minor)) if minor >= ORT_API_VERSION);
        (version, is_new && !(base.GetApi)(ORT_API_VERSION).is_null())
    };
    if is_new {
        return Ok((library, loaded_file(path), version));
    }
    Err((true, format!("{name} is version {version}, and 1.{ORT_API_VERSION} or newer is needed")))
}

/// The libraries in `folder/**/onnxruntime/capi`, where pip puts them, or in the folder itself; the newest first.
fn within(folder: &Path) -> Vec<PathBuf> {
    let mut found = libraries(folder);
    let (mut folders, mut seen) = (vec![(folder.to_owned(), 0)], 0);
    while let Some((folder, depth)) = folders.pop().filter(|_| seen < MOST_FOLDERS) {
        seen += 1;
        if folder.ends_with("onnxruntime/capi") {
            found.extend(libraries(&folder));
        }
        // Among thousands of installed packages only one can hold it.
        let packages = folder.ends_with("site-packages") || folder.ends_with("dist-packages");
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let is_searched = depth < MOST_DEPTH && (!packages || entry.file_name() == "onnxruntime");
            if is_searched && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push((entry.path(), depth + 1));
            }
        }
    }
    newest_first(found)
}

/// The libraries in a folder, the newest first.
fn libraries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(STEM));
    newest_first(named.map(|entry| entry.path()).collect())
}

fn newest_first(mut libraries: Vec<PathBuf>) -> Vec<PathBuf> {
    libraries.sort_by_cached_key(|library| {
        let file = library.canonicalize().unwrap_or_else(|_| library.clone());
        (Reverse(version_numbers(&file)), library.clone())
    });
    libraries.dedup();
    libraries
}

/// The version in a library's file name: `libonnxruntime.so.1.31.1`, `libonnxruntime.1.31.1.dylib`.
fn version_numbers(library: &Path) -> Vec<u32> {
    let name = library.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').filter_map(|part| part.parse().ok()).collect()
}

/// The file that a library was loaded from; where the dynamic loader has chosen it, the memory map shows which.
fn loaded_file(library: &Path) -> PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let mapped = || maps.lines().filter_map(|line| line.find('/').map(|at| Path::new(&line[at..])));
    let is_it = |path: &&Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(STEM));
    match library.canonicalize() {
        Ok(file) if library.is_absolute() => file,
        _ => mapped().find(is_it).unwrap_or(library).to_owned(),
    }
}

#[cfg(test)]
mod tests;
