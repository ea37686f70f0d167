//! Genres that are asked for and that no song has.

use std::collections::{BTreeSet, HashMap};

use super::request::ClusterRunError;
use crate::playlist::filter::genres_with_keys;
use crate::store::{StoreError, View};

/// So many genres are named to who asks for one that is not there.
const NAMED: usize = 8;

/// Checks that some song on the disk is of a wanted genre; the keys are those of
/// [`genre_keys`](crate::playlist::filter::genre_keys). Returns a warning about those that no song is of.
/// Errors: no song is of any of them.
pub(crate) fn check(view: &View, wanted: &BTreeSet<String>) -> Result<Option<String>, ClusterRunError> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let found = count(view)?;
    let absent: Vec<_> = wanted.iter().filter(|key| !found.contains_key(*key)).cloned().collect();
    let genres = absent.join(" or ");
    let there = most_frequent(found);
    if absent.is_empty() {
        Ok(None)
    } else if absent.len() < wanted.len() {
        Ok(Some(format!("no song is of the genre {genres}: {there}")))
    } else {
        Err(ClusterRunError::NoGenre { genres, there })
    }
}

/// Genres of songs that are not missing: by their keys, how they are written first and in how many files.
fn count(view: &View) -> Result<HashMap<String, (String, usize)>, StoreError> {
    let mut found: HashMap<String, (String, usize)> = HashMap::new();
    view.files(|_, record| {
        if record.missing.is_some() {
            return;
        }
        // A file that names a genre twice counts once.
        let mut seen = BTreeSet::new();
        for (key, name) in record.tags.genres.iter().flat_map(|tag| genres_with_keys(tag)) {
            if seen.insert(key.clone()) {
                found.entry(key).or_insert((name, 0)).1 += 1;
            }
        }
    })?;
    Ok(found)
}

fn most_frequent(found: HashMap<String, (String, usize)>) -> String {
    let mut genres: Vec<_> = found.into_values().collect();
    genres.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let named: Vec<_> = genres.iter().take(NAMED).map(|(name, files)| format!("{name} ({files})")).collect();
    match genres.len().saturating_sub(NAMED) {
        _ if genres.is_empty() => "no tag names a genre at all".to_owned(),
        0 => format!("there are {}", named.join(", ")),
        more => format!("there are {} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_genres_are_named_first() {
        let genre = |n: usize| (n.to_string(), (format!("G{n}"), 100 - n));
        let said = |most| most_frequent((0..most).map(genre).collect());
        assert_eq!(said(0), "no tag names a genre at all");
        assert_eq!(said(2), "there are G0 (100), G1 (99)");
        assert!(said(10).ends_with("G7 (93) and 2 more"), "{}", said(10));
    }
}
