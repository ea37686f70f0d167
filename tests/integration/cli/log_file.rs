//! `--logfile`: it does not grow without end, and nothing fails for it.

use std::{fs, os::unix::fs::PermissionsExt};

use crate::support::environment::TestEnv;

#[test]
fn a_full_log_is_kept_beside_the_new_one() {
    let env = TestEnv::with_clips();
    let full = vec![b'x'; 10 << 20];
    fs::write(env.path("log"), &full).unwrap();
    assert_eq!(env.run("scan music --method none --logfile log").status, 0);
    assert_eq!(env.run("cluster --n 3 --logfile log").status, 1, "nothing is indexed");
    assert_eq!(fs::read(env.path("log.1")).unwrap(), full);
    let new = fs::read_to_string(env.path("log")).unwrap();
    assert!(new.contains("ERROR"), "{new}");
    assert_eq!(fs::metadata(env.path("log")).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!env.path("log.2").exists());
}

#[test]
fn a_log_that_no_disk_has_room_for_ends_nothing() {
    let env = TestEnv::with_clips();
    let scanned = env.run("scan music --debug --method none --logfile /dev/full");
    assert_eq!(scanned.status, 0, "{scanned:?}");
    assert!(!scanned.stderr.contains("Unable to write"), "{scanned:?}");
}
