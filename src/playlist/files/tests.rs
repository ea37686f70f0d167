use crate::testing::figure;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

use super::*;
use crate::playlist::format::FORMATS;

fn perform(plan: &FilePlan) -> Result<(), FilesError> {
    StagedFiles::write(vec![plan.clone()])?.place().map(drop)
}

/// A folder with a set's files: what `app` keeps in the store.
struct Set {
    root: tempfile::TempDir,
    owned: OwnedFiles,
    extension: &'static str,
}

impl Set {
    fn new() -> Self {
        Self { root: tempfile::tempdir().unwrap(), owned: OwnedFiles::default(), extension: "m3u8" }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn plan(&self, wanted: &[(&str, &str)]) -> FilePlan {
        let wanted = wanted
            .iter()
            .map(|(name, text)| WantedFile { name: name.to_string(), bytes: text.as_bytes().to_vec() });
        FilePlan::between(self.root.path(), self.extension, wanted.collect(), &self.owned, look)
    }

    /// Plans and performs, and says the warnings.
    fn write(&mut self, wanted: &[(&str, &str)]) -> Vec<Warning> {
        let plan = self.plan(wanted);
        perform(&plan).unwrap();
        self.owned = plan.owned_after().clone();
        assert!(self.plan(wanted).is_done(), "performed twice, a plan does nothing the second time");
        plan.warnings
    }

    /// Someone else writes a file.
    fn edit(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Names and contents, in the order of the names. Links are not followed.
    fn files(&self) -> Vec<(String, String)> {
        let mut files: Vec<_> = fs::read_dir(self.root.path())
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let content = match entry.file_type().unwrap().is_file() {
                    true => fs::read_to_string(entry.path()).unwrap(),
                    false => "no file".to_owned(),
                };
                (entry.file_name().into_string().unwrap(), content)
            })
            .collect();
        files.sort();
        files
    }

    fn assert_files(&self, expected: &[(&str, &str)]) {
        let files = self.files();
        let files: Vec<_> = files.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
        assert_eq!(files, expected);
    }
}

#[test]
fn lists_are_written_changed_and_removed() {
    let mut set = Set::new();
    assert_eq!(set.write(&[("Calm", "1"), ("Fast", "2")]), []);
    set.assert_files(&[("Calm.m3u8", "1"), ("Fast.m3u8", "2")]);
    assert_eq!(set.write(&[("Calm", "1+"), ("Warm", "3")]), []);
    set.assert_files(&[("Calm.m3u8", "1+"), ("Warm.m3u8", "3")]);
    assert_eq!(set.write(&[]), []);
    set.assert_files(&[]);
    assert_eq!(set.owned, OwnedFiles::default());
}

#[test]
fn an_unchanged_list_keeps_its_mtime_and_inode() {
    let mut set = Set::new();
    set.write(&[("Calm", "1"), ("Fast", "2")]);
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
    fs::File::options().write(true).open(set.path("Calm.m3u8")).unwrap().set_modified(old).unwrap();
    let stamp =
        |set: &Set| set.path("Calm.m3u8").metadata().map(|m| (m.ino(), m.modified().unwrap())).unwrap();
    let before = stamp(&set);
    set.write(&[("Calm", "1"), ("Fast", "2+")]);
    assert_eq!(stamp(&set), before);
    assert_eq!(before.1, old);
}

#[test]
fn a_list_that_somebody_changed_is_left_alone_and_written_beside() {
    let mut set = Set::new();
    set.write(&[("Calm", "1")]);
    set.edit("Calm.m3u8", "mine");
    let warnings = set.write(&[("Calm", "1+")]);
    let (theirs, ours) = (set.path("Calm.m3u8"), set.path("Calm (2).m3u8"));
    assert_eq!(warnings, [Warning::Displaced { theirs, ours }]);
    set.assert_files(&[("Calm (2).m3u8", "1+"), ("Calm.m3u8", "mine")]);
    // From now on that is its place, even when the other one goes.
    assert_eq!(set.write(&[("Calm", "1++")]), []);
    fs::remove_file(set.path("Calm.m3u8")).unwrap();
    assert_eq!(set.write(&[("Calm", "2")]), []);
    set.assert_files(&[("Calm (2).m3u8", "2")]);
}

#[test]
fn what_we_never_wrote_is_left_alone() {
    let mut set = Set::new();
    set.edit("Calm.m3u8", "mine");
    set.edit("Calm (2).m3u8", "mine too");
    fs::create_dir(set.path("Fast.m3u8")).unwrap();
    assert_eq!(set.write(&[("Calm", "1"), ("Fast", "2")]).len(), 2);
    set.write(&[]);
    set.assert_files(&[("Calm (2).m3u8", "mine too"), ("Calm.m3u8", "mine"), ("Fast.m3u8", "no file")]);
}

#[test]
fn two_sets_that_agree_do_not_share_a_file() {
    let mut cron = Set::new();
    cron.write(&[("Calm", "1")]);
    let wanted = |text: &str| vec![WantedFile { name: "Calm".into(), bytes: text.into() }];
    let plan = FilePlan::between(cron.root.path(), "m3u8", wanted("1"), &OwnedFiles::default(), look);
    perform(&plan).unwrap();
    perform(&FilePlan::between(cron.root.path(), "m3u8", wanted("2"), plan.owned_after(), look)).unwrap();
    cron.assert_files(&[("Calm (2).m3u8", "2"), ("Calm.m3u8", "1")]);
}

#[test]
fn a_link_is_neither_followed_nor_replaced() {
    let mut set = Set::new();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::write(&outside, "1").unwrap();
    symlink(&outside, set.path("Calm.m3u8")).unwrap();
    symlink("/nowhere", set.path("Fast.m3u8")).unwrap();
    assert_eq!(set.write(&[("Calm", "1"), ("Fast", "2")]).len(), 2);
    set.write(&[("Calm", "1+"), ("Fast", "2+")]);
    set.assert_files(&[
        ("Calm (2).m3u8", "1+"),
        ("Calm.m3u8", "no file"),
        ("Fast (2).m3u8", "2+"),
        ("Fast.m3u8", "no file"),
    ]);
    assert_eq!(fs::read_to_string(outside).unwrap(), "1");
}

#[test]
fn a_link_in_place_of_our_list_is_somebody_elses() {
    let mut set = Set::new();
    set.write(&[("Calm", "1"), ("Fast", "2")]);
    for name in ["Calm.m3u8", "Fast.m3u8"] {
        fs::rename(set.path(name), set.path("moved")).unwrap();
        symlink("moved", set.path(name)).unwrap();
    }
    let warnings = set.write(&[("Calm", "1+")]);
    assert_eq!(warnings[1], Warning::Left { path: set.path("Fast.m3u8") });
    set.assert_files(&[
        ("Calm (2).m3u8", "1+"),
        ("Calm.m3u8", "no file"),
        ("Fast.m3u8", "no file"),
        ("moved", "2"),
    ]);
}

#[test]
fn a_vanished_list_that_somebody_changed_stays() {
    let mut set = Set::new();
    set.write(&[("Calm", "1"), ("Fast", "2")]);
    set.edit("Fast.m3u8", "mine");
    assert_eq!(set.write(&[("Calm", "1")]), [Warning::Left { path: set.path("Fast.m3u8") }]);
    assert_eq!(set.write(&[("Calm", "1")]), []);
    set.assert_files(&[("Calm.m3u8", "1"), ("Fast.m3u8", "mine")]);
}

#[test]
fn a_list_that_somebody_removed_is_written_again() {
    let mut set = Set::new();
    set.write(&[("Calm", "1")]);
    fs::remove_file(set.path("Calm.m3u8")).unwrap();
    set.write(&[("Calm", "1")]);
    set.assert_files(&[("Calm.m3u8", "1")]);
}

#[test]
fn other_folders_and_formats_are_not_touched() {
    let mut set = Set::new();
    fs::create_dir(set.path("sub")).unwrap();
    let elsewhere = [set.path("sub/Old.m3u8"), set.path("Old.json")];
    elsewhere.iter().for_each(|path| fs::write(path, "old").unwrap());
    set.owned = elsewhere.iter().map(|path| (path.clone(), Digest::of(b"old"))).collect();
    set.write(&[("Calm", "1")]);
    assert!(elsewhere.iter().all(|path| path.exists()));
    assert_eq!(set.owned.len(), 3);
}

#[test]
fn names_of_any_kind_stay_in_the_folder_and_apart() {
    let long = "ü".repeat(300);
    let names = [
        "../../x", "/etc/x", "CON", "nul\0", &long, ".hidden", "end. ", "Night", "NIGHT", "night", "", "é",
        "É",
    ];
    let wanted: Vec<_> = names.iter().map(|name| (*name, *name)).collect();
    for format in FORMATS {
        let mut set = Set { extension: format.name, ..Set::new() };
        assert_eq!(set.write(&wanted), []);
        let files = set.files();
        assert_eq!(files.len(), names.len());
        let lower: HashSet<String> = files.iter().map(|(name, _)| name.to_lowercase()).collect();
        assert_eq!(lower.len(), names.len(), "a disk without upper case has room for all");
        assert!(files.iter().all(|(name, _)| !name.starts_with('.') && name.len() <= 255));
        set.write(&[]);
        set.assert_files(&[]);
    }
    figure("T12", 1, "set of hostile playlist names", "all inside of the folder");
}

#[test]
fn a_program_that_was_killed_still_knows_its_files() {
    let mut set = Set::new();
    set.write(&[("Calm", "1"), ("Fast", "2")]);
    let plan = set.plan(&[("Calm", "1+"), ("Warm", "3")]);
    set.owned = plan.claims();
    perform(&plan).unwrap();
    // Killed here: the final owned was never stored, and meanwhile the lists changed.
    assert_eq!(set.write(&[("Calm", "1++"), ("Warm", "3+")]), []);
    set.assert_files(&[("Calm.m3u8", "1++"), ("Warm.m3u8", "3+")]);
    let plan = set.plan(&[("Calm", "9")]);
    set.owned = plan.claims();
    // Killed here, before anything was written.
    assert_eq!(set.write(&[("Calm", "10")]), []);
    set.assert_files(&[("Calm.m3u8", "10")]);
}

#[test]
fn a_folder_that_takes_no_files_is_one_error_and_stays_as_it_was() {
    let set = Set::new();
    set.edit("file", "");
    for folder in ["missing", "file"] {
        let wanted = vec![WantedFile { name: "Calm".into(), bytes: vec![] }];
        let plan = FilePlan::between(&set.path(folder), "m3u8", wanted, &OwnedFiles::default(), look);
        let error = perform(&plan).unwrap_err();
        assert!(matches!(&error, FilesError::Folder { .. }));
        assert!(!error.to_string().contains('\n'));
        set.assert_files(&[("file", "")]);
    }
}

#[test]
fn a_file_that_appears_while_we_write_is_not_replaced() {
    let set = Set::new();
    let plan = set.plan(&[("Calm", "1"), ("Fast", "2")]);
    set.edit("Calm.m3u8", "mine");
    assert!(matches!(perform(&plan), Err(FilesError::Place { .. })));
    set.assert_files(&[("Calm.m3u8", "mine")]);
}

#[test]
fn a_plan_asks_only_what_lies_there() {
    let wanted = vec![WantedFile { name: "Calm".into(), bytes: b"1".into() }];
    let owned = [("/lists/Calm.m3u8", "0"), ("/lists/Old.m3u8", "old")];
    let owned: OwnedFiles =
        owned.map(|(path, text)| (path.into(), Digest::of(text.as_bytes()))).into_iter().collect();
    let found = |path: &Path| match path.to_str().unwrap() {
        "/lists/Calm.m3u8" => PathState::File(Digest::of(b"0")),
        "/lists/Old.m3u8" => PathState::File(Digest::of(b"old")),
        _ => PathState::Nothing,
    };
    let plan = FilePlan::between(Path::new("/lists"), "m3u8", wanted, &owned, found);
    assert_eq!(plan.files[0].step, Step::Replace);
    assert_eq!(plan.removed, [Path::new("/lists/Old.m3u8")]);
}

#[test]
fn others_may_read_the_lists() {
    let mut set = Set::new();
    set.write(&[("Calm", "1")]);
    let mode = set.path("Calm.m3u8").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0);
    assert_ne!(mode & 0o044, 0, "the usual umask leaves reading to all");
}

#[test]
fn random_operations_never_touch_what_is_not_ours() {
    let names = ["Calm", "CALM", "Fast", "Calm (2)"];
    for case in 0..60_u32 {
        let mut set = Set::new();
        let mut theirs: std::collections::BTreeMap<String, String> = Default::default();
        for (step, random) in Digest::of(&case.to_le_bytes()).0.chunks(4).enumerate() {
            if random[0] % 2 == 0 {
                let name = format!("{}.m3u8", names[usize::from(random[1] % 4)]);
                set.edit(&name, &format!("theirs {step}"));
                theirs.insert(name, format!("theirs {step}"));
            } else {
                let wanted: Vec<_> = (0..4)
                    .filter(|n| random[2] >> n & 1 == 1)
                    .map(|n| (names[n], format!("{n}.{}", random[3] % 2)))
                    .collect();
                let wanted: Vec<_> = wanted.iter().map(|(name, text)| (*name, text.as_str())).collect();
                set.write(&wanted);
                let files = set.files();
                assert_eq!(files.len(), wanted.len() + theirs.len(), "case {case}");
                assert!(
                    wanted.iter().all(|(_, text)| files.iter().any(|(_, content)| content == text)),
                    "case {case}"
                );
            }
            let files = set.files();
            assert!(
                theirs.iter().all(|file| files.contains(&(file.0.clone(), file.1.clone()))),
                "case {case}"
            );
        }
    }
}

#[test]
fn a_caller_that_cannot_remember_puts_nothing_beside_the_files_of_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("A.m3u8"), b"theirs").unwrap();
    let wanted = ["A", "B"].map(|name| WantedFile { name: name.into(), bytes: b"ours".into() });
    let plan = || {
        let wanted = wanted.clone().into();
        FilePlan::between(folder.path(), "m3u8", wanted, &OwnedFiles::default(), look).without_displaced(look)
    };
    let steps = |plan: &FilePlan| plan.files.iter().map(|file| file.step).collect::<Vec<_>>();
    let first = plan();
    assert_eq!((steps(&first), first.warnings.len()), (vec![Step::Omit, Step::Create], 1));
    perform(&first).unwrap();
    let second = plan();
    assert_eq!((steps(&second), second.warnings.len()), (vec![Step::Omit, Step::Keep], 1));
    assert_eq!(second.files[1].path, folder.path().join("B.m3u8"));
    perform(&second).unwrap();
    assert_eq!(fs::read(folder.path().join("A.m3u8")).unwrap(), b"theirs");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 2);
}
