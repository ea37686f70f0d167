//! A library that lives through seeded histories of files, disks and crashes: afterwards the store holds what lies there.
//!
//! Everything is what a scan and the daemon run with, but for the walk, the worker processes and the clock.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand_xoshiro::Xoshiro256Plus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

use crate::app::progress::Quiet;
use crate::app::scan::claims::{Claim, ClaimRegistry};
use crate::app::scan::doubt::leave_doubtful;
use crate::app::scan::plan::{Task, Unavailable, Why};
use crate::app::scan::pool::{FileContent, Finished};
use crate::app::scan::prepare::plan;
use crate::app::scan::protocol::Analysis;
use crate::app::scan::recorder::Recorder;
use crate::app::scan::renames::record_renames;
use crate::app::scan::request::ScanRequest;
use crate::app::scan::settle::settle;
use crate::app::scan::survey::Survey;
use crate::app::watch::debounce::Debounce;
use crate::audio::{Decoding, Identity};
use crate::digest::Digest;
use crate::extract::Method;
use crate::file::{FileStamp, RootRecord};
use crate::library::{FolderNames, FoundFile, Roots, Rules};
use crate::store::Library;
use crate::testing::figure;
use crate::track::{ContentId, Tags};

/// Histories of these seeds failed once.
const FAILED_ONCE: &[u64] = &[];

const ROOT: &str = "/simulated/music";
/// Nanoseconds since 1970 that lie ahead of any clock: only what the debounce has seen itself makes such a file old.
const AHEAD: i64 = i64::MAX / 2;

/// A file of the simulated disk.
#[derive(Clone, Debug)]
struct SimulatedFile {
    content: u64,
    stamp: FileStamp,
}

/// The disk, and the dice that decide what happens to it.
struct World {
    dice: Xoshiro256Plus,
    files: BTreeMap<PathBuf, SimulatedFile>,
    is_mounted: bool,
    /// The next inode, time and content.
    next: u64,
    now: Instant,
}

impl World {
    fn below(&mut self, limit: usize) -> usize {
        self.dice.next_u64() as usize % limit.max(1)
    }

    fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn path(&mut self) -> PathBuf {
        let (folder, name) = (self.below(3), self.below(8));
        Path::new(ROOT).join(format!("{folder}/{name}.flac"))
    }

    fn some_file(&mut self) -> Option<PathBuf> {
        let number = self.below(self.files.len());
        self.files.keys().nth(number).cloned()
    }

    fn stamp(&mut self) -> FileStamp {
        let (time, size) = (self.next() as i64, self.below(3) as u64);
        let is_fresh = self.below(2) == 0;
        FileStamp {
            size,
            mtime: time,
            ctime: Some(if is_fresh { AHEAD } else { time }),
            inode: Some(self.next()),
        }
    }

    /// One thing happens to the files.
    fn happen(&mut self) {
        match self.below(9) {
            0..=2 => {
                let path = self.path();
                // Every third one is a copy of what has been there.
                let content = match self.below(3) {
                    0 => 1 + self.below(self.next as usize) as u64,
                    _ => self.next(),
                };
                let stamp = self.stamp();
                self.files.insert(path, SimulatedFile { content, stamp });
            }
            3 => {
                let gone = self.some_file();
                gone.map(|path| self.files.remove(&path));
            }
            4 | 5 => {
                // A name may be taken; then the file under it is replaced.
                if let Some(file) = self.some_file().and_then(|path| self.files.remove(&path)) {
                    let path = self.path();
                    self.files.insert(path, file);
                }
            }
            6 => {
                // Another content, or new tags.
                let (stamp, content, is_retagged) = (self.stamp(), self.next(), self.below(2) == 0);
                if let Some(path) = self.some_file() {
                    let file = self.files.get_mut(&path).expect("it is there");
                    file.stamp = FileStamp { inode: file.stamp.inode, ..stamp };
                    file.content = if is_retagged { file.content } else { content };
                }
            }
            7 => {
                // A whole folder is renamed.
                let (from, to) = (self.below(3), self.below(3));
                let (from, to) = (format!("{ROOT}/{from}"), format!("{ROOT}/{to}"));
                let moved: Vec<_> =
                    self.files.keys().filter(|path| path.starts_with(&from)).cloned().collect();
                for path in moved {
                    let file = self.files.remove(&path).expect("it is there");
                    self.files.insert(Path::new(&to).join(path.file_name().expect("it has one")), file);
                }
            }
            _ => self.is_mounted = !self.is_mounted,
        }
        let wait = self.below(8_000);
        self.now += Duration::from_millis(wait as u64);
    }

    fn survey(&self) -> Survey {
        let root = PathBuf::from(ROOT);
        let found = |(path, file): (&PathBuf, &SimulatedFile)| FoundFile {
            path: path.clone(),
            stamp: file.stamp,
            device: 1,
            section: None,
        };
        let mut survey =
            Survey { roots: BTreeMap::from([(root.clone(), RootRecord::default())]), ..Survey::default() };
        if self.is_mounted {
            survey.found = self.files.iter().map(found).collect();
        } else {
            survey.unavailable.push(Unavailable { path: root, reason: "is not mounted".into() });
        }
        survey
    }
}

fn content_of(number: u64) -> ContentId {
    ContentId { recipe: 1, digest: Digest::of(&number.to_le_bytes()) }
}

fn vector_of(number: u64) -> Vec<f32> {
    vec![number as f32; 4]
}

fn request(method: &Method, accept_missing: bool) -> ScanRequest {
    ScanRequest {
        paths: vec![],
        configured: vec![],
        marked: vec![],
        verify: Default::default(),
        rules: Rules {
            extensions: vec!["flac".into()],
            ignore: vec![],
            discarded: FolderNames::default(),
            hidden: false,
            follow_links: false,
            cue: true,
        },
        methods: vec![method.clone()],
        unusable: BTreeMap::new(),
        retry_failed: false,
        decoding: Decoding::default(),
        reread: false,
        redecode: false,
        accept_missing,
    }
}

/// The process that indexes, which may be killed: what it has not committed is gone then, and what it remembers.
#[derive(Default)]
struct Process {
    debounce: Debounce,
    /// How often each content was decoded.
    decoded: HashMap<u64, u32>,
    /// How often it was killed.
    kills: u32,
}

impl Process {
    /// One pass. With `killed_after`, the process ends after so many files.
    fn pass(
        &mut self,
        world: &World,
        library: &Library,
        method: &Method,
        accept_missing: bool,
        killed_after: Option<usize>,
    ) {
        let request = request(method, accept_missing);
        let roots = Roots { all: vec![ROOT.into()], scope: vec![ROOT.into()] };
        let view = library.view().unwrap();
        let mut prepared = plan(&request, Instant::now(), roots, world.survey(), Some(&view)).unwrap();
        drop(view);
        self.debounce.retain_settled(&mut prepared.plan.tasks, |_| false, world.now);
        let number_of = |task: &Task| world.files[&task.file.path].content;
        let identify = |tasks: Vec<Task>| Ok(tasks.iter().map(|task| content_of(number_of(task))).collect());
        leave_doubtful(&mut prepared, library, &identify).unwrap();
        record_renames(&prepared.plan, &prepared.survey, library).unwrap();
        let tasks = std::mem::take(&mut prepared.plan.tasks);
        let has_opened = !tasks.is_empty();
        let failed = std::mem::take(&mut prepared.failed);
        let claims = ClaimRegistry::new(library, &prepared.wanted, &tasks, failed);
        let mut recorder = Recorder::new(library, &prepared.methods, "simulated".into()).unwrap();
        for (done, task) in tasks.into_iter().enumerate() {
            if killed_after == Some(done) {
                self.debounce = Debounce::default();
                self.kills += 1;
                return;
            }
            let number = number_of(&task);
            let (content, wants) = match task.why {
                Why::BackFill(track) | Why::Measure(track) => (FileContent::Known(track), true),
                _ => {
                    let claim = claims.claim(&content_of(number), Some(200.0)).unwrap();
                    let wants = matches!(claim, Claim::Fill(_));
                    (FileContent::Identified(identity_of(number), claim), wants)
                }
            };
            let analysis = wants.then(|| {
                *self.decoded.entry(number).or_default() += 1;
                let vectors = vec![("mfcc".to_owned(), Ok(vector_of(number)))];
                Ok(Analysis { vectors, seconds: 200.0, partial: None, decoder: "simulated".into() })
            });
            recorder.take(Finished { task, content, analysis, predictions: None }, &Quiet).unwrap();
            if done % 3 == 2 {
                recorder.commit().unwrap();
            }
        }
        recorder.commit().unwrap();
        settle(&mut prepared, has_opened, false, library).unwrap();
    }
}

fn identity_of(number: u64) -> Identity {
    Identity {
        content: content_of(number),
        codec: "flac".into(),
        rate: 44_100,
        channels: 2,
        seconds: Some(200.0),
        tags: Tags::default(),
        sections: vec![],
    }
}

/// The files that a store believes to be there, with their contents.
fn present(library: &Library) -> BTreeMap<PathBuf, Option<ContentId>> {
    let mut present = BTreeMap::new();
    let visit = |path: &Path, record: crate::file::FileRecord| {
        if record.missing.is_none() {
            present.insert(path.to_owned(), record.content);
        }
    };
    library.view().unwrap().files(visit).unwrap();
    present
}

fn live(seed: u64) {
    let method = Method::find("mfcc", Path::new("/none")).unwrap();
    let library = Library::in_memory().unwrap();
    let mut world = World {
        dice: Xoshiro256Plus::seed_from_u64(seed),
        files: BTreeMap::new(),
        is_mounted: true,
        next: 0,
        now: Instant::now(),
    };
    let (mut process, mut known) = (Process::default(), HashSet::new());
    for _ in 0..4 + world.below(6) {
        for _ in 0..world.below(6) {
            world.happen();
        }
        let before = present(&library);
        let is_killed = world.below(4) == 0;
        let killed_after = is_killed.then(|| world.below(4));
        process.pass(&world, &library, &method, false, killed_after);
        if !world.is_mounted {
            assert_eq!(present(&library), before, "seed {seed}: a disk that is away changes nothing");
        }
        let tracks = library.view().unwrap().track_numbers().unwrap();
        assert!(tracks.is_superset(&known), "seed {seed}: a recording is forgotten");
        known = tracks;
    }
    world.is_mounted = true;
    // What has settled is opened by the first pass; the second has nothing left to do.
    for _ in 0..3 {
        world.now += Duration::from_secs(60);
        process.pass(&world, &library, &method, true, None);
    }
    let lies_there: BTreeMap<_, _> =
        world.files.iter().map(|(path, file)| (path.clone(), Some(content_of(file.content)))).collect();
    assert_eq!(present(&library), lies_there, "seed {seed}");
    let view = library.view().unwrap();
    let vectors = view.vectors(&method.space()).unwrap();
    for (path, file) in &world.files {
        let track = view.number_of(&content_of(file.content)).unwrap();
        let stored = track.and_then(|track| vectors.get(&track));
        assert_eq!(stored, Some(&vector_of(file.content)), "seed {seed}: {}", path.display());
    }
    let often = process.decoded.values().filter(|times| **times > 1 + process.kills).count();
    assert_eq!((often, view.damaged()), (0, 0), "seed {seed}: decoded again without a kill");
    let again: u32 = process.decoded.values().map(|times| times - 1).sum();
    // A kill loses what was not committed: two files and the one that was being decoded.
    assert!(again <= 3 * process.kills, "seed {seed}: {again} decoded again after {} kills", process.kills);
}

#[test]
fn whatever_happens_the_store_holds_what_lies_there() {
    let is_long = std::env::var_os("INDEXER_TEST_LONG").is_some_and(|set| set == "1");
    let histories = if is_long { 100_000 } else { 1_000 };
    FAILED_ONCE.iter().copied().chain(0..histories).for_each(live);
    figure(
        "simulation",
        histories,
        "histories of files, disks and crashes",
        "the store holds what lies there",
    );
}
