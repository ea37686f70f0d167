//! All targets are written, or none: on disks of 4 MB that a file fills but for so many bytes.

use std::fs;

use indexer::testing::figure;

use crate::support::{
    environment::{Output, TestEnv},
    namespace::in_namespace,
};

/// `$2` is the folder that lies on the small disk. Of each call: its exit status, and checksums of targets and history before
/// and after it.
const SCRIPT: &str = r#"
    indexer=$1 small=$2
    sum() { cksum | cut -d ' ' -f 1; }
    sums() { echo $(cat lists/* p.json 2> /dev/null | sum) $("$indexer" runs list --json 2> /dev/null | sum); }
    group() { "$indexer" cluster --n $1 --playlists lists --output p.json > /dev/null; }
    mkdir -p data lists && mount -t tmpfs -o size=4m small $small || exit 99
    "$indexer" scan music --method mfcc > /dev/null && group 3 || exit 98
    n=4
    for room in 0 8192 16384 32768 65536 131072 262144 1048576; do
        # What is there already has room of its own.
        [ $small = lists ] || rm -f data/indexer/playlists.redb lists/*
        free=$(($(stat -f -c %a $small) * $(stat -f -c %S $small)))
        head -c $((free - room)) /dev/zero > $small/ballast
        before=$(sums)
        group $n 2>> said
        status=$?
        after=$(sums)
        echo "$status,$before,$after,$(ls -A lists | grep -c indexer)"
        rm $small/ballast
        [ $status -ne 0 ] || n=$((7 - n))
    done
"#;

#[test]
fn a_full_disk_under_the_store_or_the_playlists_changes_all_or_nothing() {
    for small in ["data", "lists"] {
        let env = TestEnv::with_clips();
        let Some(mut command) = in_namespace(&env, SCRIPT) else { return };
        command.arg(small);
        let output = Output::of(command);
        assert_eq!(output.status, 0, "{small}: {output:?}");
        let mut failed = 0;
        for line in output.stdout.lines() {
            let [status, before, after, hidden] = line.split(',').collect::<Vec<_>>()[..] else {
                panic!("{line}")
            };
            let (before, after) = (before.split_once(' ').unwrap(), after.split_once(' ').unwrap());
            let has_changed = [before.0 != after.0, before.1 != after.1];
            failed += usize::from(status != "0");
            assert_eq!(has_changed, [status == "0"; 2], "{small}: {line}");
            assert_eq!(hidden, "0", "{small}: no staged file stays");
        }
        let said = fs::read_to_string(env.path("said")).unwrap();
        assert_eq!(said.lines().count(), failed, "{small}: {said}");
        assert!(said.lines().all(|line| line.contains("No space left")), "{small}: {said}");
        assert!((1..8).contains(&failed), "{small}: {failed} of 8 failed");
    }
    figure("T4", 16, "clusterings on a full disk", "all targets and the history written, or none");
}
