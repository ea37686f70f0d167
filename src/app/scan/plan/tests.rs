use super::*;
use crate::digest::Digest;

fn found(path: &str, inode: u64, mtime: i64) -> FoundFile {
    let stamp = FileStamp { size: 1, mtime, ctime: Some(0), inode: Some(inode) };
    FoundFile { path: path.into(), stamp, device: 1, section: None }
}

fn known(path: &str, inode: u64, mtime: i64, track: u32) -> KnownFile {
    let FoundFile { path, stamp, device, .. } = found(path, inode, mtime);
    let track = Some(TrackNumber(track));
    KnownFile {
        path,
        stamp,
        device,
        track,
        section: None,
        songs: vec![],
        missing: false,
        verify: false,
        unmeasured: false,
        outdated: false,
        failed: None,
        refused_by: vec![],
    }
}

fn mfcc(covered: &[u32]) -> WantedSpace {
    let space = SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) };
    WantedSpace { space, covered: covered.iter().map(|&number| TrackNumber(number)).collect() }
}

fn tasks(plan: &Plan) -> Vec<(&str, Why)> {
    plan.tasks.iter().map(|task| (task.file.path.to_str().unwrap(), task.why)).collect()
}

#[test]
fn an_unchanged_and_covered_file_is_not_opened() {
    let plan = Plan::between(vec![found("a", 1, 1)], [known("a", 1, 1, 0)], &[], &[mfcc(&[0])]);
    assert_eq!(plan, Plan { found: 1, unchanged: 1, ..Plan::default() });
}

#[test]
fn new_and_changed_files_are_opened_newest_first() {
    let files = vec![found("a", 1, 1), found("b", 2, 9), found("c", 3, 5)];
    let plan = Plan::between(files, [known("b", 2, 8, 0)], &[], &[mfcc(&[0])]);
    assert_eq!(tasks(&plan), [("b", Why::Changed), ("c", Why::New), ("a", Why::New)]);
}

#[test]
fn a_rename_is_seen_without_opening() {
    let old = [known("a/1", 1, 1, 0), known("a/2", 2, 2, 1)];
    let new = vec![found("b/1", 1, 1), found("b/2", 2, 2)];
    let plan = Plan::between(new.clone(), old, &[], &[mfcc(&[0, 1])]);
    let renamed = vec![("a/1".into(), new[0].clone()), ("a/2".into(), new[1].clone())];
    assert_eq!(plan, Plan { found: 2, unchanged: 2, renamed, ..Plan::default() });
}

#[test]
fn a_track_that_lacks_a_vector_is_filled_once_though_it_lies_at_two_paths() {
    let old = [known("a", 1, 1, 7), known("b", 2, 1, 7)];
    let plan = Plan::between(vec![found("a", 1, 1), found("b", 2, 1)], old, &[], &[mfcc(&[])]);
    assert_eq!(tasks(&plan), [("a", Why::BackFill(TrackNumber(7)))]);
}

#[test]
fn a_failure_stands_or_is_tried_again() {
    let with = |failed| KnownFile { failed: Some(failed), track: None, ..known("a", 1, 1, 0) };
    let plan = |old| Plan::between(vec![found("a", 1, 1)], [old], &[], &[mfcc(&[])]);
    assert_eq!(plan(with(Verdict::Final)).failed_known, 1);
    assert_eq!(tasks(&plan(with(Verdict::Final))), []);
    assert_eq!(tasks(&plan(with(Verdict::TryAgain))), [("a", Why::Retry)]);
    let refused = KnownFile { refused_by: vec!["mfcc".into()], ..known("a", 1, 1, 0) };
    assert_eq!((plan(refused.clone()).failed_known, tasks(&plan(refused))), (1, vec![]));
}

#[test]
fn a_file_is_read_again_where_that_is_asked_for_and_only_for_what_its_track_lacks() {
    let again = |path, inode, track| KnownFile { verify: true, ..known(path, inode, 1, track) };
    let moved = again("b", 2, 1);
    let failed = KnownFile { failed: Some(Verdict::Final), ..again("d", 4, 3) };
    let files = vec![found("a", 1, 1), found("c", 2, 1), found("d", 4, 1)];
    let plan = Plan::between(files, [again("a", 1, 0), moved, failed], &[], &[mfcc(&[0])]);
    assert_eq!(tasks(&plan), [("a", Why::Audit), ("c", Why::Audit)]);
    assert_eq!(plan.tasks.iter().map(|task| task.spaces.len()).collect::<Vec<_>>(), [0, 1]);
    assert_eq!((plan.renamed.len(), plan.failed_known), (1, 1));
}

#[test]
fn a_track_without_a_length_is_measured_once_if_it_has_a_vector() {
    let old = |path, track| KnownFile { unmeasured: true, ..known(path, 1, 1, track) };
    let plan = |covered: &[u32]| {
        let files = vec![found("a", 1, 1), found("b", 1, 1)];
        Plan::between(files, [old("a", 7), old("b", 7)], &[], &[mfcc(covered)])
    };
    assert_eq!(tasks(&plan(&[7])), [("a", Why::Measure(TrackNumber(7)))]);
    assert_eq!(tasks(&plan(&[])), [("a", Why::BackFill(TrackNumber(7)))], "a decode measures it too");
    let inventory = Plan::between(vec![found("a", 1, 1)], [old("a", 7)], &[], &[]);
    assert_eq!(tasks(&inventory), [], "names and tags only");
}

#[test]
fn nothing_vanishes_under_a_folder_that_could_not_be_read() {
    let old = || [known("a/1", 1, 1, 0), known("b/1", 2, 2, 1)];
    let plan = Plan::between(vec![], old(), &["a".into()], &[]);
    assert_eq!(plan.vanished, [PathBuf::from("b/1")]);
    let missing = old().map(|old| KnownFile { missing: true, ..old });
    let plan = Plan::between(vec![found("a/1", 1, 1)], missing, &[], &[]);
    assert_eq!((plan.returned, plan.missing), (vec![PathBuf::from("a/1")], vec![PathBuf::from("b/1")]));
}
