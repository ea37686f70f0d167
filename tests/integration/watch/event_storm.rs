//! A storm of new, renamed and moved folders and files under a daemon: in the end the store's paths are those of a walk
//! (T5). Figures of the long form are told on stderr.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::Value;

use indexer::testing::figure;

use crate::support::{
    daemon::Daemon,
    environment::{TestEnv, is_long},
    recordings::{Dice, tone},
    store_contents::stored,
};

struct Size {
    files: usize,
    folders: usize,
    renames: usize,
}

const SHORT: Size = Size { files: 3_000, folders: 500, renames: 100 };
const LONG: Size = Size { files: 50_000, folders: 5_000, renames: 1_000 };

/// A minute is promised.
const BOUND: Duration = Duration::from_secs(600);

/// The files that lie under `folder`.
pub(crate) fn walked(folder: &Path) -> BTreeSet<PathBuf> {
    let (mut files, mut folders) = (BTreeSet::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                files.insert(entry.path());
            }
        }
    }
    files
}

/// What happens, in a random order of new folders, new files and renames of both.
struct Storm {
    dice: Dice,
    /// Folders that move with the ones above them are found by their numbers: parent and name.
    folders: Vec<(usize, String)>,
    /// Folder and name.
    files: Vec<(usize, String)>,
    root: PathBuf,
}

impl Storm {
    fn new(root: PathBuf) -> Self {
        Self { dice: Dice(5), folders: vec![(0, String::new())], files: vec![], root }
    }

    fn folder(&self, number: usize) -> PathBuf {
        if number == 0 {
            return self.root.clone();
        }
        let (parent, name) = &self.folders[number];
        self.folder(*parent).join(name)
    }

    fn file(&self, number: usize) -> PathBuf {
        let (folder, name) = &self.files[number];
        self.folder(*folder).join(name)
    }

    fn add_folder(&mut self) {
        // Near the newest: the tree gets deep.
        let parent = self.folders.len().saturating_sub(1 + self.dice.below(8));
        self.folders.push((parent, format!("{}", self.folders.len())));
        fs::create_dir(self.folder(self.folders.len() - 1)).unwrap();
        if self.folders.len().is_multiple_of(25) {
            // And begins anew at the top.
            self.folders.push((0, format!("{}", self.folders.len())));
            fs::create_dir(self.folder(self.folders.len() - 1)).unwrap();
        }
    }

    fn add_file(&mut self) {
        let folder = self.folders.len().saturating_sub(1 + self.dice.below(20));
        self.files.push((folder, format!("{}.wav", self.files.len())));
        fs::write(self.file(self.files.len() - 1), tone(self.files.len() as u64, 0.02)).unwrap();
    }

    fn rename_file(&mut self) {
        let (number, folder) = (self.dice.below(self.files.len()), self.dice.below(self.folders.len()));
        let old = self.file(number);
        self.files[number] = (folder, format!("{number} again.wav"));
        fs::rename(old, self.file(number)).unwrap();
    }

    fn rename_folder(&mut self) {
        let number = 1 + self.dice.below(self.folders.len() - 1);
        let old = self.folder(number);
        self.folders[number].1.push('x');
        fs::rename(old, self.folder(number)).unwrap();
    }

    fn rage(&mut self, size: &Size) {
        for number in 0..size.folders {
            self.add_folder();
            (0..size.files / size.folders).for_each(|_| self.add_file());
            if number % (size.folders / size.renames) == 0 {
                if self.dice.below(2) == 0 { self.rename_file() } else { self.rename_folder() }
            }
        }
    }
}

#[test]
fn after_a_storm_the_store_holds_what_lies_there() {
    let env = TestEnv::new();
    let size = if is_long() { LONG } else { SHORT };
    // Trees that have grown elsewhere.
    let mut elsewhere = Storm::new(env.path("elsewhere"));
    fs::create_dir(&elsewhere.root).unwrap();
    elsewhere.dice = Dice(6);
    elsewhere.rage(&Size { files: size.files / 10, folders: size.folders / 10, renames: size.renames / 10 });
    let daemon = Daemon::start(&env, "watch music --method none --logfile daemon.log");
    let mut storm = Storm::new(env.path("music"));
    let begin = Instant::now();
    let part = Size { files: size.files / 2, folders: size.folders / 2, renames: size.renames / 2 };
    storm.rage(&part);
    for tree in fs::read_dir(&elsewhere.root).unwrap() {
        let tree = tree.unwrap();
        let number = storm.dice.below(storm.folders.len());
        fs::rename(tree.path(), storm.folder(number).join(format!("moved {}", tree.file_name().display())))
            .unwrap();
    }
    storm.rage(&part);
    let quiet = Instant::now();
    eprintln!("the storm took {:.1} s", (quiet - begin).as_secs_f64());
    let files = walked(&env.path("music"));
    assert!(files.len() >= size.files);

    let state = env.store().join("daemon.json");
    let mut planned = None;
    loop {
        let (present, missing) = stored(&env);
        let told: Value = serde_json::from_slice(&fs::read(&state).unwrap_or_default()).unwrap_or_default();
        let queue = told["queue"].as_u64().unwrap_or_default() as usize;
        if planned.is_none() && present.len() + queue >= files.len() {
            planned = Some(quiet.elapsed());
            eprintln!("planned {:.1} s after it, as its state tells", quiet.elapsed().as_secs_f64());
        }
        if present == files && missing.is_empty() {
            break;
        }
        let unseen: Vec<_> = files.difference(&present).take(3).collect();
        let dead: Vec<_> = present.difference(&files).take(3).collect();
        assert!(quiet.elapsed() < BOUND, "unseen {unseen:?}, dead {dead:?}, {} missing", missing.len());
        std::thread::sleep(Duration::from_millis(250));
    }
    eprintln!("{} files stored {:.1} s after it", files.len(), quiet.elapsed().as_secs_f64());
    let output = daemon.end(Signal::TERM);
    assert_eq!((output.status, output.stderr.contains("warning")), (0, false), "{output:?}");
    if is_long() {
        eprintln!("{}", fs::read_to_string(env.path("daemon.log")).unwrap());
    }
    figure("T5", files.len() as u64, "files of a storm of changes", "none missed, none that is gone kept");
}
