//! The user's folders as the XDG base directory specification has them: its variables are read here and
//! nowhere else. Empty and relative values do not count.
//!
//! Ours, because crates for this know no answer where there is no home folder, and do not say which variables
//! are set; the units of the service need that.

use std::{
    env,
    path::{Path, PathBuf},
};

/// Stands for the home folder where there is none: nobody, root included, can make a file below it.
const NOWHERE: &str = "/dev/null";

/// The home folder, if there is one. A folder that is not there is none: an account that has no home often names one.
pub fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute() && home.is_dir())
}

/// Where programs keep their configuration.
pub fn config() -> PathBuf {
    variable("XDG_CONFIG_HOME").unwrap_or_else(|| below_home(".config"))
}

/// Where programs keep their data.
pub fn data() -> PathBuf {
    variable("XDG_DATA_HOME").unwrap_or_else(|| below_home(".local/share"))
}

/// Whether programs have a place for their data.
pub(crate) fn has_data() -> bool {
    !data().starts_with(NOWHERE)
}

/// A path in the home folder.
pub(crate) fn below_home(path: impl AsRef<Path>) -> PathBuf {
    home().unwrap_or_else(|| NOWHERE.into()).join(path)
}

/// Where programs keep files that are of use only while the user is logged in.
pub fn runtime() -> Option<PathBuf> {
    variable("XDG_RUNTIME_DIR")
}

/// The variables that move configuration and data to other folders.
pub fn moved() -> impl Iterator<Item = (&'static str, PathBuf)> {
    ["XDG_CONFIG_HOME", "XDG_DATA_HOME"].into_iter().filter_map(|name| Some((name, variable(name)?)))
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute())
}
