//! A service manager that only writes down what it is asked.

use std::{fs, os::unix::fs::PermissionsExt};

use super::environment::TestEnv;

/// Puts a service manager into the home that says what it was asked, and does what the files `broken` and `refused` say.
pub(crate) fn give_manager(env: &mut TestEnv) {
    let folder = env.path("bin");
    fs::create_dir(&folder).unwrap();
    for (name, end) in [
        ("systemctl", "[ ! -e $HOME/broken ] || { echo Created a link. >&2; cat $HOME/broken >&2; exit 1; }"),
        ("systemd-run", "[ ! -e $HOME/refused ] || exit 218"),
    ] {
        let script = format!("#!/bin/sh\necho {name} \"$@\" >> $HOME/calls\n{end}\n");
        fs::write(folder.join(name), script).unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = std::env::var("PATH").unwrap_or_default();
    env.set("PATH", &format!("{}:{path}", folder.display()));
}
