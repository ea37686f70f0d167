//! A file of a track in as little memory as it takes: there is one for each song of a library.

use std::path::{Path, PathBuf};
use std::{ffi::OsStr, os::unix::ffi::OsStrExt, str};

use crate::file::FileRecord;
use crate::playlist::{filter::TrackFilter, names::Sound};
use crate::time::Moment;
use crate::track::{FurtherTags, Section, Tags};

/// A path of a track with what its tags say. Of a million songs, path and tags by themselves would take 170 MB more.
pub(crate) struct PackedFile {
    /// Path, title, artist, album, then genres, each behind its length.
    texts: Box<[u8]>,
    /// Where it lies in the file above that path, if it is a song of an album in one file.
    pub section: Option<Box<Section>>,
    rest: Option<Box<Rest>>,
}

/// What only filters ask for, and whoever looks at one song.
struct Rest {
    further: FurtherTags,
    changed: Option<Moment>,
}

/// How long the length of a text is.
const LENGTH: usize = size_of::<u32>();

impl PackedFile {
    /// Only what the filter asks for is kept of the further tags.
    pub(crate) fn new(path: &Path, record: FileRecord, filter: &TrackFilter) -> Self {
        let changed = filter.since.and_then(|_| changed(&record));
        let further = record.tags.further.as_deref().filter(|_| filter.needs_further_tags()).cloned();
        let is_asked = filter.since.is_some() || further.is_some();
        let rest = is_asked.then(|| Box::new(Rest { further: further.unwrap_or_default(), changed }));
        let Tags { title, artist, album, genres, .. } = &record.tags;
        let texts = [path.as_os_str().as_bytes(), title.as_bytes(), artist.as_bytes(), album.as_bytes()];
        let texts = texts.into_iter().chain(genres.iter().map(String::as_bytes));
        let mut packed = Vec::with_capacity(texts.clone().map(|text| LENGTH + text.len()).sum());
        for text in texts {
            packed.extend((text.len() as u32).to_le_bytes());
            packed.extend(text);
        }
        Self { texts: packed.into(), section: record.division.into_section(), rest }
    }

    /// The same with all of its tags.
    pub(crate) fn whole(path: PathBuf, mut record: FileRecord) -> Self {
        let further = record.tags.further.take().map(|further| *further).unwrap_or_default();
        let rest = Some(Box::new(Rest { further, changed: None }));
        Self { rest, ..Self::new(&path, record, &TrackFilter::default()) }
    }

    /// Forgets what only the filter asked for.
    pub(crate) fn without_rest(self) -> Self {
        Self { rest: None, ..self }
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let mut left = &*self.texts;
        std::iter::from_fn(move || {
            let (length, behind) = left.split_first_chunk::<LENGTH>()?;
            let (text, behind) = behind.split_at(u32::from_le_bytes(*length) as usize);
            left = behind;
            Some(text)
        })
    }

    fn text(&self, place: usize) -> &str {
        let text = self.texts().nth(place).unwrap_or_default();
        str::from_utf8(text).expect("it was packed as text")
    }

    pub(crate) fn path(&self) -> &Path {
        Path::new(OsStr::from_bytes(self.texts().next().unwrap_or_default()))
    }

    pub(crate) fn title(&self) -> &str {
        self.text(1)
    }

    pub(crate) fn artist(&self) -> &str {
        self.text(2)
    }

    pub(crate) fn album(&self) -> &str {
        self.text(3)
    }

    pub(crate) fn genres(&self) -> Vec<String> {
        let genres = self.texts().skip(4);
        genres.map(|genre| str::from_utf8(genre).expect("it was packed as text").to_owned()).collect()
    }

    /// All tags that are kept.
    pub(crate) fn tags(&self) -> Tags {
        Tags {
            title: self.title().to_owned(),
            artist: self.artist().to_owned(),
            album: self.album().to_owned(),
            genres: self.genres(),
            further: self.rest.as_ref().map(|rest| Box::new(rest.further.clone())),
        }
    }

    /// Whether a song of this length and sound passes the filter for which it was packed.
    pub(crate) fn passes(&self, filter: &TrackFilter, seconds: f64, sound: Option<Sound>) -> bool {
        // Most often there is none, and nothing need be unpacked.
        *filter == TrackFilter::default() || {
            let changed = self.rest.as_ref().and_then(|rest| rest.changed);
            filter.passes(&self.tags(), seconds, changed, sound)
        }
    }
}

/// When a file was last written.
pub(crate) fn changed(file: &FileRecord) -> Option<Moment> {
    Moment::from_second(file.stamp.mtime.div_euclid(1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::cluster::tests::file;
    use crate::track::TagDate;

    #[test]
    fn a_file_is_unpacked_as_it_was() {
        let date = TagDate::parse("1994");
        let further = Some(Box::new(FurtherTags { date, ..FurtherTags::default() }));
        let tags = Tags {
            title: "Größe".into(),
            artist: String::new(),
            album: "An Album".into(),
            genres: vec!["Jazz".into(), String::new(), "Blues".into()],
            further: further.clone(),
        };
        let path = Path::new(OsStr::from_bytes(b"/m/odd \xff.mp3"));
        let record = || FileRecord { tags: tags.clone(), ..file(0, None) };
        let plain = PackedFile::new(path, record(), &TrackFilter::default());
        assert_eq!((plain.path(), plain.tags()), (path, Tags { further: None, ..tags.clone() }));
        assert_eq!((plain.title(), plain.artist(), plain.album()), ("Größe", "", "An Album"));
        assert_eq!(PackedFile::whole(path.to_owned(), record()).tags(), tags);
        let years = TrackFilter { years: Some([1990, 1999]), ..TrackFilter::default() };
        let asked = PackedFile::new(path, record(), &years);
        assert!(asked.passes(&years, 1.0, None));
        assert_eq!(asked.without_rest().tags().further, None);
        let nothing =
            PackedFile::new(Path::new("/m/a"), FileRecord { tags: Tags::default(), ..file(0, None) }, &years);
        assert!(!nothing.passes(&years, 1.0, None));
        assert_eq!((nothing.path(), nothing.tags()), (Path::new("/m/a"), Tags::default()));
    }
}
