//! The file of a song, packed.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt, path::Path};
use std::{iter, str, sync::Arc};

use crate::file::FileRecord;
use crate::time::Moment;
use crate::track::{Division, FurtherTags, Section, Tags};

/// A path of the library with what its tags say. Copies share it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SongFile {
    /// Path, title, artist, album, then genres, each behind its length.
    texts: Arc<[u8]>,
    rest: Option<Arc<Rest>>,
}

/// What few songs have, and what only filters ask for, and whoever looks at one song.
#[derive(Clone, Debug, Default, PartialEq)]
struct Rest {
    /// Where it lies in the file above that path, if it is a song of an album in one file.
    section: Option<Section>,
    further: Option<FurtherTags>,
    changed: Option<Moment>,
}

impl Rest {
    fn shared(self) -> Option<Arc<Self>> {
        (self != Self::default()).then(|| Arc::new(self))
    }
}

/// Stands for the length of a text that has at least so many bytes; its length follows.
const LONG: u8 = u8::MAX;
/// The places of texts behind the path, of which genres are the last.
const TITLE: usize = 1;
const ARTIST: usize = 2;
const ALBUM: usize = 3;
const GENRES: usize = 4;

impl SongFile {
    /// With all of its tags.
    pub(crate) fn new(path: &Path, tags: &Tags, section: Option<Section>) -> Self {
        let further = tags.further.as_deref().cloned();
        Self { texts: texts(path, tags), rest: Rest { section, further, changed: None }.shared() }
    }

    /// That of a record, with all of its tags.
    pub(crate) fn of(path: &Path, record: FileRecord) -> Self {
        Self::new(path, &record.tags, section_of(record.division))
    }

    /// The same with further tags only where they are asked for, and with when the file was last written.
    pub(super) fn for_filter(
        path: &Path,
        record: FileRecord,
        with_further: bool,
        changed: Option<Moment>,
    ) -> Self {
        let further = record.tags.further.as_deref().filter(|_| with_further).cloned();
        let texts = texts(path, &record.tags);
        Self { texts, rest: Rest { section: section_of(record.division), further, changed }.shared() }
    }

    /// When it was last written, where a filter asked for that.
    pub(super) fn changed(&self) -> Option<Moment> {
        self.rest.as_ref()?.changed
    }

    /// Forgets what only the filter asked for.
    pub(crate) fn without_filtered(self) -> Self {
        let section = self.section().cloned();
        Self { rest: Rest { section, ..Rest::default() }.shared(), ..self }
    }

    /// The same tags at another path.
    pub(crate) fn at(&self, path: &Path) -> Self {
        let texts = pack(iter::once(path.as_os_str().as_bytes()).chain(self.texts().skip(1)));
        Self { texts, rest: self.rest.clone() }
    }

    /// Where it lies in the file above its path, if it is a song of an album in one file.
    pub(crate) fn section(&self) -> Option<&Section> {
        self.rest.as_ref()?.section.as_ref()
    }

    /// The file that holds its sound.
    pub(crate) fn audio(&self) -> &Path {
        match (self.section(), self.path().parent()) {
            (Some(_), Some(audio)) => audio,
            _ => self.path(),
        }
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        let mut left = &*self.texts;
        iter::from_fn(move || {
            let (length, mut behind) = left.split_first()?;
            let mut length = usize::from(*length);
            if length == usize::from(LONG) {
                let (long, rest) = behind.split_first_chunk()?;
                (length, behind) = (u32::from_le_bytes(*long) as usize, rest);
            }
            let (text, behind) = behind.split_at(length);
            left = behind;
            Some(text)
        })
    }

    fn text(&self, place: usize) -> &str {
        as_text(self.texts().nth(place).unwrap_or_default())
    }

    pub(crate) fn path(&self) -> &Path {
        Path::new(OsStr::from_bytes(self.texts().next().unwrap_or_default()))
    }

    pub(crate) fn title(&self) -> &str {
        self.text(TITLE)
    }

    pub(crate) fn artist(&self) -> &str {
        self.text(ARTIST)
    }

    pub(crate) fn album(&self) -> &str {
        self.text(ALBUM)
    }

    pub(crate) fn genres(&self) -> impl Iterator<Item = &str> {
        self.texts().skip(GENRES).map(as_text)
    }

    /// All tags that are kept.
    pub(crate) fn tags(&self) -> Tags {
        Tags {
            title: self.title().to_owned(),
            artist: self.artist().to_owned(),
            album: self.album().to_owned(),
            genres: self.genres().map(str::to_owned).collect(),
            further: self.rest.as_ref().and_then(|rest| rest.further.clone()).map(Box::new),
        }
    }
}

fn texts(path: &Path, tags: &Tags) -> Arc<[u8]> {
    let Tags { title, artist, album, genres, .. } = tags;
    let texts = [path.as_os_str().as_bytes(), title.as_bytes(), artist.as_bytes(), album.as_bytes()];
    pack(texts.into_iter().chain(genres.iter().map(String::as_bytes)))
}

/// Texts behind their lengths. Apart, path and tags of a million songs would take 180 MB more.
fn pack<'a>(texts: impl Iterator<Item = &'a [u8]>) -> Arc<[u8]> {
    let mut packed = Vec::with_capacity(256);
    for text in texts {
        match u8::try_from(text.len()) {
            Ok(length) if length < LONG => packed.push(length),
            _ => {
                packed.push(LONG);
                packed.extend((text.len() as u32).to_le_bytes());
            }
        }
        packed.extend(text);
    }
    packed.into()
}

fn section_of(division: Division) -> Option<Section> {
    division.into_section().map(|section| *section)
}

fn as_text(packed: &[u8]) -> &str {
    str::from_utf8(packed).expect("it was packed as text")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::FileStamp;
    use crate::track::{Extent, TagDate};

    fn record(tags: &Tags, division: Division) -> FileRecord {
        let stamp = FileStamp { size: 1, mtime: 5_000_000_000, ctime: None, inode: None };
        let (tags, checked) = (tags.clone(), Moment::now());
        FileRecord { stamp, device: 1, content: None, track: None, tags, division, missing: None, checked }
    }

    #[test]
    fn a_file_is_unpacked_as_it_was() {
        let further = FurtherTags { date: TagDate::parse("1994"), ..FurtherTags::default() };
        let tags = Tags {
            title: "Größe".into(),
            artist: String::new(),
            album: "An Album".repeat(40),
            genres: vec!["Jazz".into(), String::new(), "Blues".into()],
            further: Some(Box::new(further)),
        };
        let path = Path::new(OsStr::from_bytes(b"/m/odd \xff.mp3"));
        let without = Tags { further: None, ..tags.clone() };
        let file = |tags: &Tags| record(tags, Division::Whole);
        let plain = SongFile::for_filter(path, file(&tags), false, None);
        assert_eq!((plain.path(), plain.tags()), (path, without.clone()));
        assert_eq!(
            (plain.title(), plain.artist(), plain.album()),
            ("Größe", "", "An Album".repeat(40).as_str())
        );
        assert_eq!(SongFile::of(path, file(&tags)).tags(), tags);
        let asked = SongFile::for_filter(path, file(&tags), true, Some(Moment::now()));
        assert_eq!((asked.tags(), asked.changed().is_some()), (tags.clone(), true));
        assert_eq!(asked.without_filtered(), plain);
        let nothing = SongFile::for_filter(path, file(&Tags::default()), true, None);
        assert_eq!((nothing.path(), nothing.tags()), (path, Tags::default()));
        let elsewhere = plain.at(Path::new("../b"));
        assert_eq!((elsewhere.path(), elsewhere.tags()), (Path::new("../b"), without));
    }

    #[test]
    fn a_song_of_an_album_in_one_file_stays_one() {
        let extent = Extent { start: 75, end: None };
        let section = Section { sheet: None, number: 3, extent, tags: Tags::default() };
        let division = Division::Part(Box::new(section.clone()));
        let path = Path::new("/m/album.flac/track0003");
        let file = SongFile::for_filter(path, record(&Tags::default(), division), false, Some(Moment::now()));
        assert_eq!(file.clone().without_filtered().section(), Some(&section));
        assert_eq!(file.audio(), Path::new("/m/album.flac"));
    }
}
