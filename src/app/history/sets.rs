//! Which set a command is about, and what its playlists are called.

use std::path::Path;

use crate::{
    app::progress::{Event, Progress},
    playlist::names::Names,
    store::{Choices, Playlists, RunRecord, SetRecord, StoreError, View},
};

/// Why history cannot be told or changed.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there are no playlists yet: make some with `indexer cluster --n 8`")]
    NoPlaylists,
    #[error("there is no set `{name}`: choose from {}", sets.join(", "))]
    UnknownSet { name: String, sets: Vec<String> },
    #[error("which set? Give --set with one of {}", .0.join(", "))]
    WhichSet(Vec<String>),
    #[error("the set {0} has no run that can be read: `indexer cluster` makes its playlists anew")]
    NoRun(String),
    #[error("no playlist of the set {set} is `{playlist}`: `indexer playlists list` shows them all")]
    UnknownPlaylist { set: String, playlist: String },
    #[error("a playlist needs a name that can be seen")]
    NoName,
    #[error("the set {set} has a playlist `{name}` already: no two are called alike")]
    NameTaken { set: String, name: String },
    #[error(
        "{path} is not in the library, or could not be indexed: name a song that `indexer scan` has indexed"
    )]
    UnknownSong { path: String },
    #[error("{path} is pinned in {holder}, not in {playlist}: unpin it there")]
    PinnedElsewhere { path: String, playlist: String, holder: String },
    #[error("{path} is not pinned in {playlist}: there is nothing to unpin")]
    NotPinned { path: String, playlist: String },
    #[error("no run of the set {set} is `{run}`: `indexer runs list` shows those that are kept")]
    UnknownRun { set: String, run: String },
    #[error("`{run}` begins {count} runs of the set {set}: give more of its digits")]
    Ambiguous { set: String, run: String, count: usize },
}

impl HistoryError {
    /// What was asked for does not exist or makes no sense.
    pub fn is_usage(&self) -> bool {
        !matches!(self, Self::Store(_) | Self::NoPlaylists | Self::NoRun(_) | Self::UnknownSong { .. })
    }
}

/// What a call says of the set that it means.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    pub given: Option<&'a str>,
    /// What `cluster` would continue.
    pub usual: &'a str,
}

/// The name of a set that nobody named: that of the space, and of the folder if only a part was clustered.
pub fn usual_name(method: &str, scope: Option<&Path>) -> String {
    match scope {
        Some(path) => format!("{method}:{}", path.display()),
        None => method.to_owned(),
    }
}

/// The set that is meant: the one that is given, else the only one, else the usual one.
pub fn choose(database: &Playlists, which: Which) -> Result<String, HistoryError> {
    let sets: Vec<_> = database.sets()?.into_iter().collect();
    let is_there = |name: &str| sets.iter().any(|set| set == name);
    match (which.given, &sets[..]) {
        (_, []) => Err(HistoryError::NoPlaylists),
        (Some(name), _) if is_there(name) => Ok(name.to_owned()),
        (Some(name), _) => Err(HistoryError::UnknownSet { name: name.to_owned(), sets }),
        (None, [only]) => Ok(only.clone()),
        (None, _) if is_there(which.usual) => Ok(which.usual.to_owned()),
        (None, _) => Err(HistoryError::WhichSet(sets)),
    }
}

/// The playlists of the store in `folder`, for reading.
pub fn to_read(folder: &Path) -> Result<Playlists, HistoryError> {
    if let Some(database) = Playlists::read(folder)? {
        return Ok(database);
    }
    // Without any store, that is the better thing to say.
    View::open(folder)?;
    Err(HistoryError::NoPlaylists)
}

/// The playlists of the store in `folder`, to be changed.
pub fn to_change(folder: &Path) -> Result<Playlists, HistoryError> {
    to_read(folder)?;
    match Playlists::open(folder)? {
        (_, Some(refused)) => Err(refused.into()),
        (database, None) => Ok(database),
    }
}

/// A set as its latest run left it and the user wants it.
#[derive(Default)]
pub struct Current {
    pub record: SetRecord,
    /// With the names that hold now.
    pub last: Option<RunRecord>,
    pub choices: Choices,
}

impl Current {
    /// # Errors
    /// The store cannot be read.
    pub fn of(database: &Playlists, set: &str) -> Result<Self, StoreError> {
        let Some((record, mut last)) = database.set(set)? else { return Ok(Self::default()) };
        let mut choices = Choices::new();
        if let Some(run) = &mut last {
            choices = database.choices(set, run.lineage)?;
            call_as_chosen(run, &choices);
        }
        Ok(Self { record, last, choices })
    }

    /// The user gave this playlist its name.
    pub fn is_named(&self, playlist: u32) -> bool {
        self.choices.get(&playlist).is_some_and(|choice| choice.name.is_some())
    }

    /// The lineage of the next run. None: a `fresh` one begins its own, unless it changes nothing; where it forgets what the
    /// user chose, that is a change.
    pub fn lineage(&self, fresh: bool) -> Option<u64> {
        match &self.last {
            Some(last) if !fresh => Some(last.lineage),
            Some(_) if self.choices.is_empty() => None,
            _ => Some(self.record.latest + 1),
        }
    }
}

/// Gives the playlists of a run the names that the user chose, whenever that was. Another one that has such a name gets a
/// number.
pub fn call_as_chosen(run: &mut RunRecord, choices: &Choices) {
    let chosen = |id: u32| choices.get(&id).and_then(|choice| choice.name.as_deref());
    let mut names = Names::given(run.playlists.iter().filter_map(|list| chosen(list.id)));
    for list in &mut run.playlists {
        list.name =
            chosen(list.id).map_or_else(|| names.give(std::slice::from_ref(&list.name)), str::to_owned);
    }
}

/// Says that not everything could be read, if so.
pub fn tell_damage(database: &Playlists, progress: &dyn Progress) {
    if database.is_damaged() {
        let text = "rows of playlists.redb are damaged: what can be read of earlier playlists goes on, \
                    and a file whose row is lost is taken for somebody else's";
        progress.event(Event::Warning(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        digest::Digest,
        space::SpaceId,
        store::{Choice, RunPlaylist},
        time::Moment,
    };

    fn run(names: &[&str]) -> RunRecord {
        let list = |(id, name): (usize, &&str)| RunPlaylist {
            id: id as u32,
            name: (*name).to_owned(),
            members: vec![],
            absent: vec![],
        };
        RunRecord {
            tracks: Digest([0; 32]),
            id: String::new(),
            made: Moment::now(),
            lineage: 1,
            space: SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) },
            algorithm: "kmeans".into(),
            report: false,
            settings: String::new(),
            inertia: 0.0,
            playlists: names.iter().enumerate().map(list).collect(),
        }
    }

    #[test]
    fn a_chosen_name_holds_in_every_run_and_is_nobody_elses() {
        let named = |name: &str| Choice { name: Some(name.to_owned()), ..Choice::default() };
        let choices =
            Choices::from([(1, named("Calm")), (2, Choice { pinned: Some(vec![]), ..Choice::default() })]);
        for (before, after) in [
            (vec!["Soft", "Slow", "Loud"], vec!["Soft", "Calm", "Loud"]),
            (vec!["calm", "Slow", "Calm 2"], vec!["calm 2", "Calm", "Calm 2 2"]),
            (vec!["Calm"], vec!["Calm"]),
        ] {
            let mut run = run(&before);
            call_as_chosen(&mut run, &choices);
            let names: Vec<_> = run.playlists.into_iter().map(|list| list.name).collect();
            assert_eq!(names, after);
        }
    }

    #[test]
    fn a_fresh_run_begins_an_era_unless_it_is_nothing_new() {
        let record = SetRecord { next_id: 0, latest: 7 };
        let mut current = Current { record, last: Some(run(&["Calm"])), choices: Choices::new() };
        assert_eq!((current.lineage(false), current.lineage(true)), (Some(1), None));
        current.choices.insert(0, Choice { pinned: Some(vec![]), ..Choice::default() });
        assert_eq!((current.lineage(false), current.lineage(true)), (Some(1), Some(8)));
        assert_eq!(Current::default().lineage(false), Some(1));
    }
}
