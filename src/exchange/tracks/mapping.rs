//! A track's parts as cells, and back.

use std::{ffi::OsString, os::unix::ffi::OsStringExt, path::Path, path::PathBuf};

use super::row::{FileDetails, FileRow};
use crate::digest::Digest;
use crate::exchange::table::{Cell, Kind, Row};
use crate::space::Score;
use crate::time::Moment;
use crate::track::{ContentId, TrackRecord};

type Named = (&'static str, Kind);

/// What people look at: of the first file. An import does not read them.
pub(super) const SHOWN: &[Named] = &[
    ("path", Kind::Text),
    ("title", Kind::Text),
    ("artist", Kind::Text),
    ("album", Kind::Text),
    ("genres", Kind::Texts),
    ("artists", Kind::Texts),
    ("album_artist", Kind::Text),
    ("composers", Kind::Texts),
    ("year", Kind::Whole),
    ("date", Kind::Text),
    ("track", Kind::Whole),
    ("disc", Kind::Whole),
    ("bpm", Kind::Single),
    ("key", Kind::Text),
    ("track_gain", Kind::Single),
    ("album_gain", Kind::Single),
    ("missing", Kind::Flag),
    ("failure", Kind::Text),
];

/// What is known of the recording.
pub(super) const EXACT: &[Named] = &[
    ("content_id", Kind::Bytes),
    ("codec", Kind::Text),
    ("rate", Kind::Whole),
    ("channels", Kind::Whole),
    ("seconds", Kind::Real),
    ("partial", Kind::Flag),
    ("damage", Kind::Text),
    ("decoder", Kind::Text),
];

pub(super) const FILES: &[Named] = &[
    ("path", Kind::Path),
    ("name", Kind::Text),
    ("root", Kind::Path),
    ("size", Kind::Whole),
    ("modified", Kind::Whole),
    ("missing", Kind::Time),
    ("checked", Kind::Time),
    ("details", Kind::Text),
];

pub(super) fn shown(file: Option<&FileRow>) -> Row {
    let Some(file) = file else { return vec![Cell::Null; SHOWN.len()] };
    let text = |text: &str| if text.is_empty() { Cell::Null } else { Cell::Text(text.to_owned()) };
    let number = |number: u16| if number == 0 { Cell::Null } else { Cell::Whole(number.into()) };
    let single = |value: Option<f32>| value.map_or(Cell::Null, Cell::Single);
    let FileDetails { tags, failures, .. } = &file.details;
    let further = tags.further();
    let artists = tags.artists().into_iter().map(str::to_owned).collect();
    vec![
        Cell::Text(file.path.to_string_lossy().into_owned()),
        text(&tags.title),
        text(&tags.artist),
        text(&tags.album),
        Cell::Texts(tags.genres.clone()),
        Cell::Texts(artists),
        text(&further.album_artist),
        Cell::Texts(further.composers.clone()),
        number(further.date.map_or(0, |date| date.year)),
        further.date.map_or(Cell::Null, |date| Cell::Text(date.to_string())),
        number(further.track.number),
        number(further.disc.number),
        single(further.bpm),
        text(&further.key),
        single(further.track_gain),
        single(further.album_gain),
        Cell::Flag(file.missing.is_some()),
        failures.first().map_or(Cell::Null, |(_, record)| Cell::Text(record.failure.to_string())),
    ]
}

pub(super) fn exact(content: Option<ContentId>, track: Option<TrackRecord>) -> Row {
    let id = content.map_or(Cell::Null, |content| Cell::Bytes(content_bytes(&content)));
    let Some(track) = track else {
        return [id].into_iter().chain(vec![Cell::Null; EXACT.len() - 1]).collect();
    };
    vec![
        id,
        Cell::Text(track.codec),
        Cell::Whole(track.rate.into()),
        Cell::Whole(track.channels.into()),
        Cell::Real(track.seconds),
        Cell::Flag(track.partial),
        track.damage.map_or(Cell::Null, Cell::Text),
        Cell::Text(track.decoder),
    ]
}

pub(super) fn file_cells(file: FileRow) -> Row {
    let bytes = |path: PathBuf| Cell::Bytes(path.into_os_string().into_vec());
    let moment = |moment: Option<Moment>| moment.map_or(Cell::Null, Cell::Time);
    let details = serde_json::to_string(&file.details).expect("its keys are text");
    let name = Cell::Text(file.path.to_string_lossy().into_owned());
    vec![
        bytes(file.path),
        name,
        file.root.map_or(Cell::Null, bytes),
        Cell::Whole(file.size.cast_signed()),
        Cell::Whole(file.modified),
        moment(file.missing),
        Cell::Time(file.checked),
        Cell::Text(details),
    ]
}

pub(super) fn file_row(cells: Row) -> Result<FileRow, String> {
    let mut cells = Cells(cells.into_iter());
    let path = cells.path().filter(|path| path.is_absolute()).ok_or("a file has no absolute path")?;
    let _name = cells.text();
    let root = cells.path().filter(|root| path.starts_with(root));
    let size = cells.whole().unwrap_or(0).cast_unsigned();
    let modified = cells.whole().unwrap_or(0);
    let missing = cells.time();
    let checked = cells.time().unwrap_or_default();
    let details = cells.text().and_then(|text| serde_json::from_str(&text).ok());
    let details = details.ok_or_else(|| format!("the details of {} cannot be read", shown_path(&path)))?;
    Ok(FileRow { path, root, size, modified, missing, checked, details })
}

fn shown_path(path: &Path) -> String {
    crate::text::one_line(&path.to_string_lossy())
}

pub(super) fn score(cells: Row) -> Option<Score> {
    let mut cells = Cells(cells.into_iter());
    Some(Score { class: cells.whole()?.try_into().ok()?, value: cells.single()? })
}

/// A content id as every table has it: the recipe, and the digest.
pub(crate) fn content_bytes(content: &ContentId) -> Vec<u8> {
    [&[content.recipe], content.digest.0.as_slice()].concat()
}

pub(super) fn content_of(bytes: &[u8]) -> Option<ContentId> {
    let (recipe, digest) = bytes.split_first()?;
    Some(ContentId { recipe: *recipe, digest: Digest(digest.try_into().ok()?) })
}

/// The cells of a row, one after the other.
pub(super) struct Cells(pub(super) std::vec::IntoIter<Cell>);

macro_rules! take {
    ($name:ident, $cell:ident, $type:ty) => {
        pub(super) fn $name(&mut self) -> Option<$type> {
            match self.0.next() {
                Some(Cell::$cell(value)) => Some(value),
                _ => None,
            }
        }
    };
}

impl Cells {
    take!(flag, Flag, bool);
    take!(whole, Whole, i64);
    take!(real, Real, f64);
    take!(single, Single, f32);
    take!(text, Text, String);
    take!(bytes, Bytes, Vec<u8>);
    take!(time, Time, Moment);
    take!(vector, Vector, Vec<f32>);

    pub(super) fn path(&mut self) -> Option<PathBuf> {
        self.bytes().map(|bytes| PathBuf::from(OsString::from_vec(bytes)))
    }

    pub(super) fn rows(&mut self) -> Vec<Row> {
        match self.0.next() {
            Some(Cell::Rows(rows)) => rows,
            _ => vec![],
        }
    }
}
