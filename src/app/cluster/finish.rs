//! The last steps of a run: its playlists are published, and the run is kept.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{
    context::ClusterContext,
    continuity::absent_tracks,
    named::{NamedCluster, compare},
    publish::{PublishError, Targets, publish},
    summary::PlaylistSummary,
};
use crate::{
    app::{
        history::sets::{CurrentSet, report_damage},
        progress::Progress,
    },
    digest::Digest,
    playlist::{Playlist, format::About, run::RunId},
    space::SpaceId,
    store::{Playlists, RunPlaylist, RunRecord, SetRecord, StoreError},
    time::Moment,
    track::ContentId,
};

/// A run that has its playlists.
pub struct CompletedRun {
    /// Names the tracks that were there, as [`digest_of`](super::continuity::digest_of) does.
    pub tracks: Digest,
    pub set: String,
    /// None: the run begins a lineage of its own, unless it repeats the last one.
    pub lineage: Option<u64>,
    pub space: SpaceId,
    pub algorithm: String,
    pub report: bool,
    pub settings: String,
    pub inertia: f64,
    pub clusters: Vec<NamedCluster>,
    /// Tracks that are not there now, by the ids of the playlists to which they return.
    pub absent: BTreeMap<u32, Vec<ContentId>>,
    /// The id of the next new playlist, as far as earlier runs say.
    pub next_id: u32,
}

impl CompletedRun {
    /// A run with these playlists, in which the pinned songs are put back.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn new(
        context: &ClusterContext,
        clusters: Vec<NamedCluster>,
        inertia: f64,
    ) -> Result<Self, StoreError> {
        let ClusterContext { request, input, previous, pins, .. } = context;
        let (selection, points) = (&input.selection, &input.points);
        let without_point = pins.songs_without_point(points, context.store)?;
        let arrange =
            |songs, rows: &[usize]| request.order.arrange(songs, rows, points.values(), request.seed);
        let mut clusters = pins.insert_pinned(clusters, points, &without_point, selection, arrange);
        if context.returns_to_earlier() {
            compare(&mut clusters, previous.current.last.as_ref());
        }
        let mut absent = absent_tracks(context.points.contents(), context.last());
        for cluster in &clusters {
            absent.entry(cluster.playlist.id).or_default().extend(&cluster.over_limit);
        }
        absent.extend(pins.absent(&clusters));
        Ok(Self {
            tracks: previous.tracks,
            set: previous.set.clone(),
            lineage: previous.current.lineage(request.fresh),
            space: input.space.clone(),
            algorithm: request.algorithm.name.to_owned(),
            report: request.report,
            settings: previous.settings.clone(),
            inertia,
            clusters,
            absent,
            next_id: context.next_id(),
        })
    }

    /// Writes all targets and keeps the run, unless it repeats the last one; gives its id and its playlists.
    ///
    /// # Errors
    /// A target cannot be written or belongs to somebody else; then nothing is kept.
    pub fn publish_and_keep(
        mut self,
        current: &CurrentSet,
        targets: &Targets,
        database: &Playlists,
        progress: &dyn Progress,
    ) -> Result<(RunId, Vec<PlaylistSummary>), PublishError> {
        let parts = |cluster: NamedCluster| (cluster.playlist, (cluster.churn, cluster.is_new));
        let clusters = std::mem::take(&mut self.clusters);
        let (playlists, changes): (Vec<Playlist>, Vec<_>) = clusters.into_iter().map(parts).unzip();
        let records = records(&playlists, &mut self.absent);
        let latest = current.record.latest + 1;
        let (id, lineage, is_new) = self.identity(&records, current.last.as_ref(), latest);
        let about = About {
            set: self.set.clone(),
            run: id.clone(),
            method: self.space.name.clone(),
            algorithm: self.algorithm.clone(),
            n: playlists.len(),
        };
        let files = publish(&playlists, &about, targets, database, progress)?;
        report_damage(database, progress);
        let summaries = playlists.iter().zip(changes).zip(files);
        let summaries =
            summaries.map(|((list, (churn, is_new)), file)| PlaylistSummary::of(list, churn, is_new, file));
        let summaries = summaries.collect();
        if is_new {
            let (set, next_id) = (self.set.clone(), self.next_id_after(&playlists));
            let record = self.record(&id, lineage, records);
            database.keep(&set, &SetRecord { next_id, latest }, &record)?;
        }
        Ok((id, summaries))
    }

    /// The run's id and lineage, and whether it differs from the `last` one: names are not part of an id, but they alone may
    /// change. `latest` is the number of this run.
    fn identity(&self, records: &[RunPlaylist], last: Option<&RunRecord>, latest: u64) -> (RunId, u64, bool) {
        let id = |lineage| {
            let members = records.iter().flat_map(|list| list.members.iter().map(|song| (*song, list.id)));
            RunId::of(&self.settings, &self.space, lineage, members.collect())
        };
        let last = last.filter(|last| self.lineage.is_none_or(|lineage| lineage == last.lineage));
        if let Some(last) = last.filter(|last| last.playlists == records) {
            let repeated = id(last.lineage);
            if last.id == repeated.to_string() {
                return (repeated, last.lineage, false);
            }
        }
        let lineage = self.lineage.unwrap_or(latest);
        (id(lineage), lineage, true)
    }

    fn next_id_after(&self, playlists: &[Playlist]) -> u32 {
        playlists.iter().map(|list| list.id + 1).max().unwrap_or_default().max(self.next_id)
    }

    fn record(self, id: &RunId, lineage: u64, playlists: Vec<RunPlaylist>) -> RunRecord {
        RunRecord {
            tracks: self.tracks,
            id: id.to_string(),
            made: Moment::now(),
            lineage,
            space: self.space,
            algorithm: self.algorithm,
            report: self.report,
            settings: self.settings,
            inertia: self.inertia,
            playlists,
        }
    }
}

/// The playlists as they are kept. The order of their songs is not part of a run: members are ascending.
fn records(playlists: &[Playlist], absent: &mut BTreeMap<u32, Vec<ContentId>>) -> Vec<RunPlaylist> {
    let record = |playlist: &Playlist| RunPlaylist {
        id: playlist.id,
        name: playlist.name.clone(),
        members: playlist.songs.iter().map(|song| song.content).collect(),
        absent: absent.remove(&playlist.id).unwrap_or_default(),
    };
    let mut records: Vec<_> = playlists.iter().map(record).collect();
    records.par_iter_mut().for_each(|list| list.members.sort_unstable());
    records
}
