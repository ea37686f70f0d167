//! A file that says which group each song is in, as another program has found it.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::{fs, fs::File, io::BufReader};

use rayon::slice::ParallelSliceMut;

use super::ExchangeError;
use super::csv_reader::{CsvFault, CsvReader};
use crate::digest::{Digest, Hasher};
use crate::track::ContentId;

/// The columns that are read; others may stand beside them.
const COLUMNS: [&str; 2] = ["content_id", "group"];
/// More groups than this are no playlists: most likely another column is called a group. The time to find out which of them
/// continues which playlist grows with the cube of their number.
const MOST_GROUPS: usize = 5000;

/// A partition of songs.
#[derive(Debug)]
pub(crate) struct Assignment {
    /// The file or folder.
    pub path: PathBuf,
    /// Each song once with the number of its group, ascending.
    songs: Vec<(ContentId, u32)>,
    /// How many groups there are. Numbers are in their order, others after them.
    pub groups: usize,
}

impl Assignment {
    /// Reads a CSV file, or the part files of a folder, as Spark's writer makes one.
    /// Errors: it cannot be read, or is no list of songs and groups.
    pub(crate) fn read(path: &Path) -> Result<Self, ExchangeError> {
        let mut rows = AssignedRows::default();
        for file in files(path)? {
            rows.read(&file)?;
        }
        rows.finish(path)
    }

    /// The songs that it names, ascending.
    pub(crate) fn songs(&self) -> impl ExactSizeIterator<Item = &ContentId> {
        self.songs.iter().map(|(song, _)| song)
    }

    /// The group of a song, below [`groups`](Self::groups).
    pub(crate) fn group_of(&self, song: &ContentId) -> Option<usize> {
        let place = self.songs.binary_search_by_key(song, |(song, _)| *song).ok()?;
        Some(self.songs[place].1 as usize)
    }

    /// Names the partition, in whatever order its file lists the songs.
    pub(crate) fn digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        for (song, group) in &self.songs {
            hasher.update(&[song.recipe]).update(&song.digest.0).update(&group.to_le_bytes());
        }
        hasher.finish()
    }
}

/// The files to be read. Those in a folder are in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, ExchangeError> {
    let unreadable = |source| ExchangeError::Unreadable { path: path.to_owned(), source };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let entries = fs::read_dir(path).map_err(unreadable)?;
    let names = entries.map(|entry| Ok(entry.map_err(unreadable)?.file_name()));
    let mut names = names.collect::<Result<Vec<_>, ExchangeError>>()?;
    if names.iter().any(|name| name == "_temporary") {
        return Err(ExchangeError::Unfinished(path.to_owned()));
    }
    names.retain(|name| {
        let name = name.to_string_lossy();
        name.starts_with("part-") && name.ends_with(".csv")
    });
    names.sort();
    if names.is_empty() {
        Err(ExchangeError::NoParts(path.to_owned()))
    } else {
        Ok(names.iter().map(|name| path.join(name)).collect())
    }
}

/// What has been read so far.
#[derive(Default)]
struct AssignedRows {
    files: Vec<PathBuf>,
    rows: Vec<AssignedRow>,
    /// Groups by what they are called, in the order in which they are found.
    groups: HashMap<String, u32>,
}

/// Rows of one song are in the order in which they stand.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct AssignedRow {
    song: ContentId,
    file: u32,
    line: u64,
    group: u32,
}

impl AssignedRows {
    fn read(&mut self, path: &Path) -> Result<(), ExchangeError> {
        let unreadable = |source| ExchangeError::Unreadable { path: path.to_owned(), source };
        let invalid = |line, what: String| ExchangeError::Assignment { path: path.to_owned(), line, what };
        let fault = |fault| match fault {
            CsvFault::Unreadable(source) => unreadable(source),
            CsvFault::Invalid(line, what) => {
                invalid(line, format!("{what}: write it as CSV with the columns {}", COLUMNS.join(" and ")))
            }
        };
        let file = self.files.len() as u32;
        self.files.push(path.to_owned());
        let mut reader = CsvReader::new(BufReader::new(File::open(path).map_err(unreadable)?));
        let Some(header) = reader.next().map_err(fault)? else { return Ok(()) };
        let place = |name| {
            let place = header.fields.iter().position(|field| field == name);
            place.ok_or_else(|| {
                let columns = COLUMNS.join(" and ");
                invalid(header.line, format!("there is no column {name}: the first line names {columns}"))
            })
        };
        let [song, group] = [place(COLUMNS[0])?, place(COLUMNS[1])?];
        while let Some(record) = reader.next().map_err(fault)? {
            let (line, fields) = (record.line, record.fields);
            if fields.len() != header.fields.len() {
                let (found, expected) = (fields.len(), header.fields.len());
                let what =
                    format!("{found} values where the first line names {expected} columns: write it again");
                return Err(invalid(line, what));
            }
            let song = content(&fields[song]).ok_or_else(|| {
                let what = "is no content_id: that has 66 hexadecimal digits, as `indexer export` writes it";
                invalid(line, format!("{:?} {what}", shortened(&fields[song])))
            })?;
            let name = &fields[group];
            if name.is_empty() {
                return Err(invalid(line, "the group is empty: leave songs without one out".to_owned()));
            }
            let group = match self.groups.get(name) {
                Some(group) => *group,
                None if self.groups.len() == MOST_GROUPS => {
                    let what =
                        format!("more than {MOST_GROUPS} groups: name the column of the groups `group`");
                    return Err(invalid(line, what));
                }
                None => {
                    let next = self.groups.len() as u32;
                    self.groups.insert(name.clone(), next);
                    next
                }
            };
            self.rows.push(AssignedRow { song, file, line, group });
        }
        Ok(())
    }

    /// Errors: no song, or one in two groups.
    fn finish(self, path: &Path) -> Result<Assignment, ExchangeError> {
        let Self { files, mut rows, groups } = self;
        rows.par_sort_unstable();
        let pairs =
            rows.windows(2).filter(|pair| pair[0].song == pair[1].song && pair[0].group != pair[1].group);
        if let Some([first, second]) = pairs.min_by_key(|pair| (pair[1].file, pair[1].line)) {
            let before = match first.file == second.file {
                true => format!("in line {}", first.line),
                false => format!("in {}", files[first.file as usize].display()),
            };
            return Err(ExchangeError::Assignment {
                path: files[second.file as usize].clone(),
                line: second.line,
                what: format!("this song is in another group {before}: leave one of them out"),
            });
        }
        rows.dedup_by_key(|row| row.song);
        if rows.is_empty() {
            return Err(ExchangeError::NoAssignment(path.to_owned()));
        }
        let mut names: Vec<_> = groups.into_iter().collect();
        names.sort_by(|(one, _), (other, _)| in_order(one, other));
        let mut ranks = vec![0; names.len()];
        (0..).zip(&names).for_each(|(rank, (_, group))| ranks[*group as usize] = rank);
        let songs = rows.iter().map(|row| (row.song, ranks[row.group as usize])).collect();
        Ok(Assignment { path: path.to_owned(), songs, groups: names.len() })
    }
}

/// Numbers first, as numbers; others as texts.
fn in_order(one: &str, other: &str) -> Ordering {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    match (number(one), number(other)) {
        (Some(a), Some(b)) => a.total_cmp(&b).then_with(|| one.cmp(other)),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
    }
}

/// The content id whose bytes these digits are, small or capital.
fn content(digits: &str) -> Option<ContentId> {
    let (recipe, digest) = digits.split_at_checked(2)?;
    let recipe = u8::from_str_radix(recipe, 16).ok().filter(|_| !recipe.starts_with('+'))?;
    Some(ContentId { recipe, digest: Digest::parse(digest)? })
}

/// The beginning of a text that may be long.
fn shortened(text: &str) -> String {
    text.chars().take(20).collect()
}

#[cfg(test)]
mod tests;
