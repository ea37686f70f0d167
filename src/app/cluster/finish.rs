//! The end of a run: its playlists are written where they were asked for, and it is kept.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{
    naming::NamedCluster,
    publish::{PublishError, Targets, publish},
    summary::PlaylistSummary,
};
use crate::{
    app::{
        history::sets::{Current, tell_damage},
        progress::Progress,
    },
    digest::Digest,
    playlist::{Playlist, format::About, run::RunId},
    space::SpaceId,
    store::{Playlists, RunPlaylist, RunRecord, SetRecord},
    time::Moment,
    track::ContentId,
};

/// A run that has its playlists.
pub struct CompletedRun {
    /// Of the tracks that were there, as [`over`](super::continuity::over) has it.
    pub tracks: Digest,
    pub set: String,
    /// None: it counts the ids of playlists anew, unless it is the last run over again.
    pub lineage: Option<u64>,
    pub space: SpaceId,
    pub algorithm: String,
    pub report: bool,
    pub settings: String,
    pub inertia: f64,
    pub named: Vec<NamedCluster>,
    /// Tracks that are not there now, by the ids of the playlists to which they return.
    pub absent: BTreeMap<u32, Vec<ContentId>>,
    /// The id of the next new playlist, as far as earlier runs say.
    pub next_id: u32,
}

impl CompletedRun {
    /// Writes all targets and keeps the run, unless it is the last one over again; gives its id and its playlists.
    ///
    /// # Errors
    /// A target that cannot be written or is somebody else's; then nothing is kept.
    pub fn finish(
        mut self,
        current: &Current,
        targets: &Targets,
        database: &Playlists,
        progress: &dyn Progress,
    ) -> Result<(RunId, Vec<PlaylistSummary>), PublishError> {
        let told = |named: NamedCluster| (named.playlist, (named.churn, named.is_new));
        let (playlists, changes): (Vec<Playlist>, Vec<_>) = self.named.into_iter().map(told).unzip();
        let mut lists: Vec<_> = playlists.iter().map(|list| record_of(list, &mut self.absent)).collect();
        // In whatever order its songs stand: that is no part of a run.
        lists.par_iter_mut().for_each(|list| list.members.sort_unstable());
        let id = |lineage| {
            let members = lists.iter().flat_map(|list| list.members.iter().map(|song| (*song, list.id)));
            RunId::of(&self.settings, &self.space, lineage, members.collect())
        };
        // Names are no part of a run's id, but they may change alone.
        let is_again = |last: &&RunRecord| {
            let is_of_lineage = self.lineage.is_none_or(|lineage| lineage == last.lineage);
            is_of_lineage && last.playlists == lists && last.id == id(last.lineage).to_string()
        };
        let again = current.last.as_ref().filter(is_again);
        let latest = current.record.latest + 1;
        let lineage = again.map_or(self.lineage.unwrap_or(latest), |last| last.lineage);
        let run = id(lineage);
        let about = About {
            set: self.set.clone(),
            run: run.clone(),
            method: self.space.name.clone(),
            algorithm: self.algorithm.clone(),
            n: playlists.len(),
        };
        let files = publish(&playlists, &about, targets, database, progress)?;
        tell_damage(database, progress);
        let summaries = playlists.iter().zip(changes).zip(files);
        let summaries =
            summaries.map(|((list, (churn, is_new)), file)| PlaylistSummary::of(list, churn, is_new, file));
        let summaries = summaries.collect();
        if again.is_none() {
            let next_id =
                playlists.iter().map(|list| list.id + 1).max().unwrap_or_default().max(self.next_id);
            let record = RunRecord {
                tracks: self.tracks,
                id: run.to_string(),
                made: Moment::now(),
                lineage,
                space: self.space,
                algorithm: self.algorithm,
                report: self.report,
                settings: self.settings,
                inertia: self.inertia,
                playlists: lists,
            };
            database.keep(&self.set, &SetRecord { next_id, latest }, &record)?;
        }
        Ok((run, summaries))
    }
}

/// A playlist as it is kept, its members not yet in order.
fn record_of(playlist: &Playlist, absent: &mut BTreeMap<u32, Vec<ContentId>>) -> RunPlaylist {
    let members = playlist.songs.iter().map(|song| song.content).collect();
    let absent = absent.remove(&playlist.id).unwrap_or_default();
    RunPlaylist { id: playlist.id, name: playlist.name.clone(), members, absent }
}
