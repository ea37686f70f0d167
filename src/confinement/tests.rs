use std::{fs, net::TcpListener, process::Command, thread};

use super::escape::escape;
use super::*;

/// What succeeds of all attempts on a file of its own, in a thread that `lock` has confined, and what was in its folder then.
fn escaped(lock: impl FnOnce() + Send) -> (Vec<&'static str>, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let song = folder.path().join("song.wav");
    fs::write(&song, "sound").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let confined = || {
        lock();
        assert_eq!(fs::read(&song).unwrap(), b"sound", "reading goes on");
        thread::spawn(|| ()).join().unwrap();
        escape(&song, &address)
    };
    let escaped = thread::scope(|scope| scope.spawn(confined).join().unwrap());
    let mut files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap()).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    (escaped, files.into_iter().map(|entry| entry.file_name().into_string().unwrap()).collect())
}

#[test]
fn a_confined_process_reads_and_does_nothing_else() {
    let (without, files) = escaped(|| ());
    assert_eq!(without.len(), 16, "all of it can be done: {without:?}");
    assert!(!files.contains(&"song.wav".to_owned()));
    assert_eq!(escaped(|| confine(MayStart::Nothing)), (vec![], vec!["song.wav".to_owned()]));
}

#[test]
fn each_lock_holds_alone() {
    let calls = || system_calls::confine(false).unwrap();
    assert_eq!(escaped(calls), (vec![], vec!["song.wav".to_owned()]));
    if landlock_version() >= 6 {
        let (succeeded, files) = escaped(|| _ = confine_paths(MayStart::Nothing).unwrap());
        assert_eq!(succeeded, ["send", "change the mode", "change the times"]);
        assert_eq!(files, ["song.wav"]);
    }
}

#[test]
fn what_a_process_may_start_is_confined_as_it_is() {
    let (succeeded, _) = escaped(|| confine(MayStart::Programs));
    let signals_are_scoped = landlock_version() >= 6;
    assert!(
        succeeded.iter().all(|name| *name == "start a program" || !signals_are_scoped && *name == "signal")
    );
    assert!(succeeded.contains(&"start a program"));
    let folder = tempfile::tempdir().unwrap();
    let confined = || {
        confine(MayStart::Programs);
        let touched =
            Command::new("touch").arg(folder.path().join("file")).output().unwrap().status.success();
        let mut child = Command::new("sleep").arg("1000").spawn().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        touched
    };
    assert!(!thread::scope(|scope| scope.spawn(confined).join().unwrap()));
}

/// 0 where the kernel has none.
fn landlock_version() -> i64 {
    const VERSION: u32 = 1;
    // SAFETY: with this flag the call takes no pointer.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0, VERSION) }
}
