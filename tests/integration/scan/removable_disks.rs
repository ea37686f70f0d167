//! Disks inside the library that come and go, in a namespace of the test's own.

use serde_json::Value;

use crate::support::{
    environment::{Output, TestEnv, counts},
    namespace::in_namespace,
};

/// Every call prints the object of a scan or of status.
const SCRIPT: &str = r#"
    indexer=$1
    scan() { "$indexer" scan "$@" --json; }
    mkdir music/usb music/other
    mount -t tmpfs tmpfs music/usb && mount -t tmpfs tmpfs music/other || exit 99
    mv music/electronic_* music/usb && mv music/acoustic_01.mp3 music/other
    scan music
    scan music/usb
    scan music/usb music/other
    mv music/other/acoustic_01.mp3 .
    scan music
    mv acoustic_01.mp3 music/other
    umount music/usb
    scan music
    "$indexer" status --json
    scan music --accept-missing
"#;

#[test]
fn a_disk_that_is_away_or_empty_loses_nothing_until_the_user_says_so() {
    let env = TestEnv::with_clips();
    let Some(command) = in_namespace(&env, SCRIPT) else { return };
    let output = Output::of(command);
    assert_eq!(output.status, 0, "{output:?}");
    let steps: Vec<Value> = output.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let scans = [0, 1, 2, 3, 4, 6].map(|step| counts(&steps[step], ["found", "decoded", "missing"]));
    let whole = [[18, 18, 0], [6, 0, 0], [7, 0, 0]];
    assert_eq!(scans, [whole[0], whole[1], whole[2], [17, 0, 0], [12, 0, 0], [12, 0, 6]], "{output:?}");
    assert_eq!(counts(&steps[5], ["tracks", "missing"]), [18, 0]);
    assert_eq!(steps[5]["roots"][0]["state"], "unavailable");
    for word in [
        "other is treated as unavailable",
        "its only file is not there",
        "usb is treated as unavailable",
        "is not mounted",
    ] {
        assert!(output.stderr.contains(word), "{word}: {output:?}");
    }
}
