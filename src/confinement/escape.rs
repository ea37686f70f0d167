//! What a process that has been taken over would try.

use std::fs::{self, File, OpenOptions, Permissions};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::{io, path::Path, process::Command, time::SystemTime};

/// An attempt, by what it does.
type Attempt<'a> = (&'static str, Box<dyn Fn() -> io::Result<()> + 'a>);

/// Tries to spoil the file `path` and what lies beside it, and to reach what is outside of this process, such as a TCP
/// `listener`; what has succeeded.
pub(crate) fn escape(path: &Path, listener: &str) -> Vec<&'static str> {
    let beside = |name: &str| path.with_file_name(name);
    let attempts: Vec<Attempt<'_>> = vec![
        ("connect", Box::new(|| TcpStream::connect(listener).map(drop))),
        ("listen", Box::new(|| TcpListener::bind("127.0.0.1:0").map(drop))),
        ("send", Box::new(|| UdpSocket::bind("127.0.0.1:0")?.send_to(b"x", "127.0.0.1:9").map(drop))),
        ("listen on a path", Box::new(|| UnixListener::bind(beside("socket")).map(drop))),
        ("create", Box::new(|| File::create(beside("created")).map(drop))),
        ("write", Box::new(|| OpenOptions::new().append(true).open(path).map(drop))),
        ("truncate", Box::new(|| OpenOptions::new().write(true).truncate(true).open(path).map(drop))),
        ("create a folder", Box::new(|| fs::create_dir(beside("folder")))),
        ("link", Box::new(|| fs::hard_link(path, beside("link")))),
        ("symlink", Box::new(|| symlink(path, beside("symlink")))),
        (
            "rename",
            Box::new(|| {
                fs::rename(path, beside("renamed")).and_then(|()| fs::rename(beside("renamed"), path))
            }),
        ),
        ("change the mode", Box::new(|| fs::set_permissions(path, Permissions::from_mode(0o777)))),
        ("change the times", Box::new(|| File::open(path)?.set_modified(SystemTime::UNIX_EPOCH))),
        ("start a program", Box::new(|| Command::new("/bin/true").status().map(drop))),
        ("signal", Box::new(signal_parent)),
        ("remove", Box::new(|| fs::remove_file(path))),
    ];
    attempts.into_iter().filter(|(_, attempt)| attempt().is_ok()).map(|(name, _)| name).collect()
}

/// Signal 0 asks only whether one could be sent.
fn signal_parent() -> io::Result<()> {
    let parent = rustix::process::getppid().ok_or(io::ErrorKind::NotFound)?;
    Ok(rustix::process::test_kill_process(parent)?)
}
