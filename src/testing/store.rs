//! What a store holds, and stores that no scan would make.

use std::{
    collections::BTreeMap,
    error::Error,
    ops::Range,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use ndarray::Array2;

use crate::digest::{Digest, Hasher};
use crate::file::{FileRecord, FileStamp, RootRecord};
use crate::space::{Features, Precision, Score, SpaceId};
use crate::store::{Change, Library, SCHEMA, StoreError, View};
use crate::track::{ContentId, Division, Tags, TrackNumber, TrackRecord};
use crate::{app::reduction, extract::Method, time::Moment};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A store as it was when it was opened.
pub struct OpenStore {
    view: View,
    models: PathBuf,
}

/// What is known of a file.
#[derive(Debug)]
pub struct StoredFile {
    /// The content id.
    pub content: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Length of its track in seconds.
    pub seconds: Option<f64>,
    /// What decoded it.
    pub decoder: Option<String>,
    pub title: String,
    pub artist: String,
    pub is_missing: bool,
}

impl OpenStore {
    /// Opens the store in a folder; none where there is none.
    ///
    /// # Errors
    /// It is damaged; the message says so.
    pub fn open(folder: &Path) -> Result<Option<Self>> {
        match View::open(folder) {
            Err(StoreError::Missing(_)) => Ok(None),
            view => Ok(Some(Self { view: view?, models: folder.join("models") })),
        }
    }

    /// Rows met so far whose bytes were not what had been written.
    pub fn damaged(&self) -> usize {
        self.view.damaged()
    }

    /// All files.
    ///
    /// # Errors
    /// Here and below: the store is damaged.
    pub fn files(&self) -> Result<BTreeMap<PathBuf, StoredFile>> {
        let (mut lengths, mut files) = (BTreeMap::new(), BTreeMap::new());
        self.view.tracks(|number, record| {
            lengths.insert(number, (record.seconds, record.decoder));
        })?;
        self.view.files(|path, record| {
            let file = StoredFile {
                content: record.content.map(|content| content.to_string()),
                size: record.stamp.size,
                seconds: record.track.and_then(|number| Some(lengths.get(&number)?.0)),
                decoder: record.track.and_then(|number| Some(lengths.get(&number)?.1.clone())),
                title: record.tags.title,
                artist: record.tags.artist,
                is_missing: record.missing.is_some(),
            };
            files.insert(path.to_owned(), file);
        })?;
        Ok(files)
    }

    /// By content id: the vectors in the space that a method fills now.
    pub fn vectors(&self, method: &str) -> Result<BTreeMap<String, Vec<f32>>> {
        let space = self.space(method)?;
        self.by_content(self.view.vectors(&space)?)
    }

    /// By content id: the vectors in the invented space of a method.
    pub fn invented_vectors(&self, method: &str) -> Result<BTreeMap<String, Vec<f32>>> {
        self.by_content(self.view.vectors(&invented(method))?)
    }

    /// By content id: class and score of the best classes in that space, best first.
    pub fn scores(&self, method: &str) -> Result<BTreeMap<String, Vec<(u16, f32)>>> {
        let scores = self.view.scores(&self.space(method)?)?;
        let plain = |scores: Vec<Score>| scores.into_iter().map(|score| (score.class, score.value)).collect();
        self.by_content(scores.into_iter().map(|(track, scores)| (track, plain(scores))))
    }

    /// The names of the spaces that have vectors.
    pub fn spaces(&self) -> Result<Vec<String>> {
        Ok(self.view.spaces()?.into_iter().map(|record| record.space.name).collect())
    }

    /// When contents were last checked for silent changes.
    pub fn audited(&self) -> Result<Option<String>> {
        Ok(self.view.audited()?.map(|moment| format!("{moment:?}")))
    }

    fn space(&self, method: &str) -> Result<SpaceId> {
        Ok(Method::find(method, &self.models)?.space())
    }

    fn by_content<T>(&self, rows: impl IntoIterator<Item = (TrackNumber, T)>) -> Result<BTreeMap<String, T>> {
        let mut contents = BTreeMap::new();
        self.view.tracks(|number, record| drop(contents.insert(number, record.content.to_string())))?;
        let named = rows.into_iter().filter_map(|(number, value)| Some((contents.remove(&number)?, value)));
        Ok(named.collect())
    }
}

/// A store that is open for writing: nobody else can write to it.
pub struct WritableStore(Library);

impl WritableStore {
    /// Opens the store in a folder, made where there is none.
    ///
    /// # Errors
    /// Here and below: it cannot be written.
    pub fn open(folder: &Path) -> Result<Self> {
        Ok(Self(Library::open(folder)?))
    }

    /// Says that a file's content was last checked then (seconds since 1970).
    pub fn set_checked(&self, path: &Path, second: i64) -> Result<()> {
        let record = self.0.view()?.file(path)?.ok_or("no such file")?;
        let checked = Moment::from_second(second).ok_or("no such time")?;
        Ok(self.0.commit(&[Change::File(path.to_owned(), FileRecord { checked, ..record })])?)
    }

    /// Forgets how long the track of a file is, as earlier versions of this program did.
    pub fn forget_length(&self, path: &Path) -> Result<()> {
        let number = self.0.view()?.file(path)?.and_then(|file| file.track).ok_or("no such file")?;
        let record = self.0.view()?.track(number)?.ok_or("no such track")?;
        Ok(self.0.commit(&[Change::Track(number, TrackRecord { seconds: 0.0, ..record })])?)
    }

    /// Says that contents were last checked for silent changes then (seconds since 1970).
    pub fn set_audited(&self, second: i64) -> Result<()> {
        let moment = Moment::from_second(second).ok_or("no such time")?;
        Ok(self.0.commit(&[Change::Audited(moment)])?)
    }

    /// Adds a folder that nobody walks.
    pub fn add_root(&self, folder: &Path) -> Result<()> {
        Ok(self.0.commit(&[Change::Root(folder.to_owned(), RootRecord::default())])?)
    }

    /// Adds invented songs, each with the vector that `vectors` makes for it in an invented space of this method, in half
    /// precision, and the scores of its classes, the highest first. The space is wide: from some number of songs on it
    /// has reduced vectors, and `reduced_only` keeps those alone, without scores.
    pub fn add_songs(
        &self,
        method: &str,
        songs: Range<u32>,
        path: impl Fn(u32) -> PathBuf,
        vectors: &mut dyn FnMut(u32) -> Vec<f32>,
        scores: impl Fn(u32) -> Vec<(u16, f32)>,
        reduced_only: bool,
    ) -> Result<()> {
        let space = invented(method);
        let mut changes: Vec<_> = songs.clone().flat_map(|number| song(number, path(number))).collect();
        let values: Vec<_> = songs.clone().map(vectors).collect();
        if reduced_only {
            let basis = self.0.view()?.basis(&space)?.ok_or("no basis yet")?;
            let columns = values.first().map_or(0, Vec::len);
            let rows = Array2::from_shape_vec((values.len(), columns), values.concat())?;
            let projected = basis.project(rows.view());
            let rows = projected.rows().into_iter().map(|row| row.to_vec());
            changes.push(Change::Reduced(space, basis.number, songs.map(TrackNumber).zip(rows).collect()));
        } else {
            changes.extend(songs.zip(values).map(|(number, values)| {
                let scores =
                    scores(number).into_iter().map(|(class, value)| Score { class, value }).collect();
                let features = Features { values, precision: Precision::Half, scores };
                Change::Vector(space.clone(), TrackNumber(number), features)
            }));
        }
        Ok(self.0.commit(&changes)?)
    }

    /// Gives invented songs a title and an artist; `tags` has the path of each, too.
    pub fn name_songs(
        &self,
        songs: Range<u32>,
        tags: impl Fn(u32) -> (PathBuf, String, String),
    ) -> Result<()> {
        let named = songs.flat_map(|number| {
            let (path, title, artist) = tags(number);
            let tags = Tags { title, artist, ..Tags::default() };
            song(number, path).map(|change| match change {
                Change::File(path, file) => Change::File(path, FileRecord { tags: tags.clone(), ..file }),
                other => other,
            })
        });
        Ok(self.0.commit(&named.collect::<Vec<_>>())?)
    }

    /// Fits the basis of the invented space, and reduces all its vectors.
    pub fn reduce(&self, method: &str) -> Result<()> {
        let space = invented(method);
        let covered = self.0.view()?.covered(&space)?;
        Ok(reduction::update(&self.0, &space, &covered)?)
    }
}

fn invented(method: &str) -> SpaceId {
    SpaceId { name: method.to_owned(), fingerprint: Digest::of(b"seeded") }
}

fn content(path: &Path) -> ContentId {
    ContentId { recipe: 1, digest: Digest::of(path.as_os_str().as_bytes()) }
}

/// The content id of an invented song; stores and vectors are sorted by it.
pub fn invented_content(path: &Path) -> String {
    content(path).to_string()
}

/// What the store knows of an invented song but its vectors. It has the title, album and artist that its path names.
fn song(number: u32, path: PathBuf) -> [Change; 2] {
    let content = content(&path);
    let mut names = path.iter().rev().map(|name| name.to_string_lossy().into_owned());
    let [title, album, artist] = std::array::from_fn(|_| names.next().unwrap_or_default());
    let track = TrackNumber(number);
    let codec = "mp3".to_owned();
    let record = TrackRecord {
        content,
        codec,
        rate: 44_100,
        channels: 2,
        seconds: 200.0,
        partial: false,
        damage: None,
        decoder: String::new(),
    };
    let file = FileRecord {
        stamp: FileStamp { size: 1, mtime: 0, ctime: Some(0), inode: Some(u64::from(number)) },
        device: 1,
        content: Some(content),
        track: Some(track),
        tags: Tags { title, artist, album, ..Tags::default() },
        division: Division::Whole,
        missing: None,
        checked: Moment::now(),
    };
    [Change::Track(track, record), Change::File(path, file)]
}

/// The number of today's schema, and the row `schema` of the table `meta` as a program with the next one would write it.
pub fn newer_schema_row() -> (u32, Vec<u8>) {
    let newer = [u8::try_from(SCHEMA).unwrap_or(u8::MAX) + 1];
    let sum = Hasher::default().field(b"meta").field(b"schema").field(&newer).finish();
    (SCHEMA, [&sum.0[..8], &newer].concat())
}
