//! Which set a command is about, what its latest run left, and what its playlists are called.

use std::path::Path;

use super::error::HistoryError;
use crate::playlist::{identity::PreviousPlaylist, identity::Standing, names::UniqueNames};
use crate::store::{Choices, PlaylistChoice, Playlists, RunPlaylist, RunRecord, SetRecord, StoreError, View};

/// How a command names the set that it is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SetSelector<'a> {
    /// The name that the user gave.
    pub given: Option<&'a str>,
    /// The set that the configuration names; empty: the library's own.
    pub default: &'a str,
}

/// The set of the whole library.
const LIBRARY: &str = "library";

/// The set of the library, or of the folder `scope`, whatever is asked for. Earlier versions had one for each method,
/// named after it: of those the one that was refreshed last goes on.
pub(crate) fn default_set(database: &Playlists, scope: Option<&Path>) -> Result<String, StoreError> {
    let name = scope.map_or_else(|| LIBRARY.to_owned(), |path| path.display().to_string());
    let sets = database.sets()?;
    if sets.contains(&name) {
        return Ok(name);
    }
    let mut latest = None;
    for set in sets {
        let Some((_, Some(run))) = database.set(&set)? else { continue };
        let method = &run.space.name;
        let is_of_method = match scope {
            Some(path) => set == format!("{method}:{}", path.display()),
            None => set == *method,
        };
        if is_of_method {
            latest = latest.max(Some((run.made, set)));
        }
    }
    Ok(latest.map_or(name, |(_, set)| set))
}

/// The set that is meant: the one that is given, else the only one there is, else the default.
/// Errors: there are no sets, none of the name that was given, or several and none of the default name.
pub(crate) fn find_set(database: &Playlists, selector: SetSelector) -> Result<String, HistoryError> {
    let sets: Vec<_> = database.sets()?.into_iter().collect();
    let exists = |name: &str| sets.iter().any(|set| set == name);
    match (selector.given, &sets[..]) {
        (_, []) => Err(HistoryError::NoPlaylists),
        (Some(name), _) if exists(name) => Ok(name.to_owned()),
        (Some(name), _) => Err(HistoryError::UnknownSet { name: name.to_owned(), sets }),
        (None, [only]) => Ok(only.clone()),
        (None, _) => {
            let default = match selector.default {
                "" => default_set(database, None)?,
                name => name.to_owned(),
            };
            if exists(&default) { Ok(default) } else { Err(HistoryError::WhichSet(sets)) }
        }
    }
}

/// Opens the playlists of the store in `folder` for reading.
/// Errors: there is no store, nothing was ever clustered, or the store cannot be read.
pub(crate) fn open_to_read(folder: &Path) -> Result<Playlists, HistoryError> {
    if let Some(database) = Playlists::read(folder)? {
        return Ok(database);
    }
    // Where there is no store at all, its error says more.
    View::open(folder)?;
    Err(HistoryError::NoPlaylists)
}

/// Opens the playlists of the store in `folder` for writing.
/// Errors: as of [`open_to_read`], or the store cannot be written.
pub(crate) fn open_to_change(folder: &Path) -> Result<Playlists, HistoryError> {
    open_to_read(folder)?;
    match Playlists::open(folder)? {
        (_, Some(refused)) => Err(refused.into()),
        (database, None) => Ok(database),
    }
}

/// A set as its latest run left it, with what the user chose for its playlists.
#[derive(Default)]
pub(crate) struct CurrentSet {
    pub record: SetRecord,
    /// The latest run; its playlists have the names that hold now.
    pub last: Option<RunRecord>,
    pub choices: Choices,
}

impl CurrentSet {
    /// Reads the set called `set`; of a new one, nothing is there.
    pub(crate) fn load(database: &Playlists, set: &str) -> Result<Self, StoreError> {
        let Some((record, mut last)) = database.set(set)? else { return Ok(Self::default()) };
        let mut choices = Choices::new();
        if let Some(run) = &mut last {
            choices = database.choices(set, run.lineage)?;
            apply_chosen_names(run, &choices);
        }
        Ok(Self { record, last, choices })
    }

    /// The user gave this playlist its name.
    pub(crate) fn is_named(&self, playlist: u32) -> bool {
        self.chosen_name(playlist).is_some()
    }

    /// The name that the user gave this playlist.
    pub(crate) fn chosen_name(&self, playlist: u32) -> Option<&str> {
        self.choices.get(&playlist)?.name.as_deref()
    }

    /// The user named this playlist, or pinned something in it.
    pub(crate) fn is_users(&self, playlist: u32) -> bool {
        self.choices.get(&playlist).is_some_and(|choice| *choice != PlaylistChoice::default())
    }

    /// The lineage of the next run. None: a `fresh` run begins a lineage of its own, unless it turns out to
    /// change nothing. Where it drops choices of the user, that is a change in any case.
    pub(crate) fn lineage(&self, fresh: bool) -> Option<u64> {
        match &self.last {
            Some(last) if !fresh => Some(last.lineage),
            Some(_) if self.choices.is_empty() => None,
            _ => Some(self.record.latest + 1),
        }
    }
}

/// The playlists of a run, as candidates for what new clusters may continue; none where there is no run.
pub(crate) fn previous_playlists(run: Option<&RunRecord>) -> Vec<PreviousPlaylist> {
    let playlists = run.map(|run| run.playlists.as_slice()).unwrap_or_default();
    let candidate = |playlist: &RunPlaylist| PreviousPlaylist {
        id: playlist.id,
        name: playlist.name.clone(),
        standing: Standing::Listed,
        keeps_name: true,
        members: playlist.members.clone(),
    };
    playlists.iter().map(candidate).collect()
}

/// Gives the playlists of a run the names that the user chose, before or after that run. Another playlist
/// that has one of these names gets a number.
pub(crate) fn apply_chosen_names(run: &mut RunRecord, choices: &Choices) {
    let chosen = |id: u32| choices.get(&id).and_then(|choice| choice.name.as_deref());
    let mut names = UniqueNames::with_taken(run.playlists.iter().filter_map(|list| chosen(list.id)));
    for list in &mut run.playlists {
        list.name =
            chosen(list.id).map_or_else(|| names.assign(std::slice::from_ref(&list.name)), str::to_owned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{PlaylistChoice, RunPlaylist};

    fn run(names: &[&str]) -> RunRecord {
        let list = |(id, name): (usize, &&str)| RunPlaylist {
            id: id as u32,
            name: (*name).to_owned(),
            members: vec![],
            absent: vec![],
        };
        RunRecord::example(names.iter().enumerate().map(list).collect())
    }

    #[test]
    fn a_chosen_name_holds_in_every_run_and_for_one_playlist() {
        let named = |name: &str| PlaylistChoice { name: Some(name.to_owned()), ..PlaylistChoice::default() };
        let choices = Choices::from([
            (1, named("Calm")),
            (2, PlaylistChoice { pinned: Some(vec![]), ..PlaylistChoice::default() }),
        ]);
        for (before, after) in [
            (vec!["Soft", "Slow", "Loud"], vec!["Soft", "Calm", "Loud"]),
            (vec!["calm", "Slow", "Calm 2"], vec!["calm 2", "Calm", "Calm 2 2"]),
            (vec!["Calm"], vec!["Calm"]),
        ] {
            let mut run = run(&before);
            apply_chosen_names(&mut run, &choices);
            let names: Vec<_> = run.playlists.into_iter().map(|list| list.name).collect();
            assert_eq!(names, after);
        }
    }

    #[test]
    fn a_fresh_run_begins_a_lineage_unless_it_changes_nothing() {
        let record = SetRecord { next_id: 0, latest: 7 };
        let mut current = CurrentSet { record, last: Some(run(&["Calm"])), choices: Choices::new() };
        assert_eq!((current.lineage(false), current.lineage(true)), (Some(1), None));
        current.choices.insert(0, PlaylistChoice { pinned: Some(vec![]), ..PlaylistChoice::default() });
        assert_eq!((current.lineage(false), current.lineage(true)), (Some(1), Some(8)));
        assert_eq!(CurrentSet::default().lineage(false), Some(1));
    }
}
