//! Labels of songs: from a CSV file, or the genres of their tags.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs::File, io::BufReader};

use super::request::EvalError;
use crate::app::cluster::request::ClusterRunError;
use crate::app::progress::{Event, Progress};
use crate::exchange::csv_reader::{CsvFault, CsvReader, CsvRecord};
use crate::playlist::filter::genre_keys;
use crate::store::View;
use crate::track::ContentId;

/// A genre of fewer songs is no label: a song's 5 nearest could hardly vote for it.
const LEAST_SONGS: usize = 5;

/// The first genre of each song, where enough songs have it.
pub(crate) fn first_genres<T: AsRef<str>>(
    tags: impl Iterator<Item = impl Iterator<Item = T>>,
) -> Vec<Option<String>> {
    let first = |genres| Iterator::flat_map(genres, |tag: T| genre_keys(tag.as_ref())).next();
    let mut genres: Vec<_> = tags.map(first).collect();
    let mut songs: HashMap<String, usize> = HashMap::new();
    genres.iter().flatten().for_each(|genre| *songs.entry(genre.clone()).or_default() += 1);
    genres.iter_mut().for_each(|genre| drop(genre.take_if(|genre| songs[genre] < LEAST_SONGS)));
    genres
}

/// The labels in a file: lines of a path and a label. A first line that begins with `path` is a heading.
/// Errors: the file cannot be read, is no such list, is empty, or names no file of the library.
pub(crate) fn from_file(
    file: &Path,
    view: &View,
    roots: &[PathBuf],
    progress: &dyn Progress,
) -> Result<HashMap<ContentId, String>, EvalError> {
    let rows = rows(file)?;
    let full = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folders: Vec<_> = full.parent().into_iter().chain(roots.iter().map(PathBuf::as_path)).collect();
    let (mut labels, mut unknown) = (HashMap::new(), Vec::new());
    for (path, label) in &rows {
        // An absolute path stays as it is, whatever it is joined to.
        let places = folders.iter().map(|folder| folder.join(path));
        let found = places.map(|place| view.file(&place)).find(|found| !matches!(found, Ok(None)));
        match found.transpose().map_err(ClusterRunError::from)?.flatten().and_then(|file| file.content) {
            Some(content) => drop(labels.insert(content, label.clone())),
            None => unknown.push(path),
        }
    }
    match unknown.first() {
        Some(first) if labels.is_empty() => {
            Err(EvalError::NoSong { path: file.to_owned(), first: (*first).clone() })
        }
        Some(first) => {
            let (unknown, all) = (unknown.len(), rows.len());
            progress.event(Event::Warning(format!(
                "{unknown} of the {all} songs in {} are not in the library, the first is {first}",
                file.display()
            )));
            Ok(labels)
        }
        None => Ok(labels),
    }
}

/// Paths and labels.
fn rows(path: &Path) -> Result<Vec<(String, String)>, EvalError> {
    let unreadable = |source| EvalError::Unreadable { path: path.to_owned(), source };
    let invalid = |line, reason: &str| {
        let reason = reason.to_owned();
        EvalError::Invalid { path: path.to_owned(), line, reason }
    };
    let mut reader = CsvReader::new(BufReader::new(File::open(path).map_err(unreadable)?));
    let mut rows = Vec::new();
    loop {
        let record = reader.next().map_err(|fault| match fault {
            CsvFault::Unreadable(source) => unreadable(source),
            CsvFault::Invalid(line, reason) => invalid(line, reason),
        })?;
        let Some(CsvRecord { line, fields }) = record else { break };
        match fields.as_slice() {
            [path, _] if rows.is_empty() && path.eq_ignore_ascii_case("path") => {}
            [path, label] if !path.is_empty() && !label.is_empty() => {
                rows.push((path.clone(), label.clone()))
            }
            _ => return Err(invalid(line, "a path, a comma and a label are expected")),
        }
    }
    if rows.is_empty() { Err(EvalError::Empty { path: path.to_owned() }) } else { Ok(rows) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_genre_of_a_song_is_its_label_where_five_songs_have_it() {
        let mut songs: Vec<&[&str]> = vec![&["Jazz; Rock"]; 3];
        songs.extend::<[&[&str]; 5]>([&["jazz"], &["JAZZ", "Pop"], &["Pop"], &[], &["Other"]]);
        let found = first_genres(songs.into_iter().map(<[_]>::iter));
        assert_eq!(found[..5], vec![Some(genre_keys("Jazz")[0].clone()); 5]);
        assert_eq!(found[5..], [None, None, None]);
    }

    #[test]
    fn a_list_is_read_with_quotes_and_heading_and_what_is_none_is_said_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("l.csv");
        let read = |text: &[u8]| {
            std::fs::write(&file, text).unwrap();
            rows(&file).map_err(|error| error.to_string().replace(file.to_str().unwrap(), "FILE"))
        };
        let row = |path: &str, label: &str| (path.to_owned(), label.to_owned());
        assert_eq!(
            read(b"Path,Label\n\"a, b.mp3\",Jazz\r\nc.mp3 , Rock\n"),
            Ok(vec![row("a, b.mp3", "Jazz"), row("c.mp3", "Rock")])
        );
        for (text, reason) in [
            (&b""[..], "FILE are empty"),
            (b"path,label\n", "FILE are empty"),
            (b"a.mp3,Jazz\nb.mp3\n", "in line 2: a path, a comma and a label are expected"),
            (b"a.mp3,\n", "in line 1"),
            (b"a.mp3,Jazz\nb.mp3,Jazz,1,2,3\n", "in line 2"),
            (b"a.mp3,\xff\n", "in line 1: the text is not UTF-8"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(reason) && !error.contains('\n'), "{error}");
        }
        assert!(matches!(rows(&folder.path().join("none")), Err(EvalError::Unreadable { .. })));
    }
}
