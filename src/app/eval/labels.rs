//! Labels of songs: from a CSV file, or the genres of their tags.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use csv_core::ReadRecordResult;

use super::request::EvalError;
use crate::app::cluster::request::ClusterRunError;
use crate::app::progress::{Event, Progress};
use crate::playlist::filter::genre_keys;
use crate::store::View;
use crate::track::ContentId;

/// A genre of fewer songs is no label: a song's 5 nearest could hardly vote for it.
const LEAST_SONGS: usize = 5;

/// The first genre of each song, where enough songs have it.
pub(crate) fn first_genres(tags: impl Iterator<Item = Vec<String>>) -> Vec<Option<String>> {
    let first = |genres: Vec<String>| genres.iter().flat_map(|tag| genre_keys(tag)).next();
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
fn rows(file: &Path) -> Result<Vec<(String, String)>, EvalError> {
    let invalid = |line, reason: &str| {
        let reason = reason.to_owned();
        EvalError::Invalid { path: file.to_owned(), line, reason }
    };
    let bytes = fs::read(file).map_err(|source| EvalError::Unreadable { path: file.to_owned(), source })?;
    let text = std::str::from_utf8(&bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        invalid(line, "the text is not UTF-8")
    })?;
    let mut rows = Vec::new();
    for (line, row) in records(text.trim_start_matches('\u{feff}')) {
        match row.as_slice() {
            [path, _] if rows.is_empty() && path.eq_ignore_ascii_case("path") => {}
            [path, label] if !path.is_empty() && !label.is_empty() => {
                rows.push((path.clone(), label.clone()))
            }
            _ => return Err(invalid(line, "a path, a comma and a label are expected")),
        }
    }
    if rows.is_empty() { Err(EvalError::Empty { path: file.to_owned() }) } else { Ok(rows) }
}

/// The number of the line in which each record begins, and its first three values, without space around them.
fn records(text: &str) -> Vec<(u64, Vec<String>)> {
    let (mut reader, mut rest, mut records) = (csv_core::Reader::new(), text.as_bytes(), Vec::new());
    let (mut values, mut ends) = (vec![0; text.len()], [0; 3]);
    let (mut written, mut known) = (0, 0);
    loop {
        let line = reader.line();
        let (result, read, wrote, ended) =
            reader.read_record(rest, &mut values[written..], &mut ends[known..]);
        (rest, written, known) = (&rest[read..], written + wrote, known + ended);
        match result {
            // An empty rest says that there is no more.
            ReadRecordResult::InputEmpty => continue,
            ReadRecordResult::End => return records,
            ReadRecordResult::Record | ReadRecordResult::OutputEndsFull | ReadRecordResult::OutputFull => {}
        }
        let starts = [0].into_iter().chain(ends);
        let value =
            |(start, end): (usize, usize)| String::from_utf8_lossy(&values[start..end]).trim().to_owned();
        records.push((line, starts.zip(ends).take(known).map(value).collect()));
        if !matches!(result, ReadRecordResult::Record) {
            // No list of two columns: what stands here is refused, and what follows is not looked at.
            return records;
        }
        (written, known) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_genre_of_a_song_is_its_label_where_five_songs_have_it() {
        let tags =
            |genres: &[&str]| -> Vec<String> { genres.iter().map(|genre| (*genre).to_owned()).collect() };
        let mut songs = vec![tags(&["Jazz; Rock"]); 3];
        songs.extend([tags(&["jazz"]), tags(&["JAZZ", "Pop"]), tags(&["Pop"]), tags(&[]), tags(&["Other"])]);
        let found = first_genres(songs.into_iter());
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
