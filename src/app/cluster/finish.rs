//! The last steps of a run: its playlists are published, and the run is kept.

use std::collections::{BTreeMap, HashSet};

use rayon::prelude::*;

use super::continuity::{absent_tracks, gone_playlists};
use super::request::{ClusterRunError, Targets};
use super::summary::{ClusterSummary, NamedCluster, PlaylistSummary, compare, gone_since};
use super::{context::ClusterContext, publish::Publication};
use crate::app::damage::warn_of_damaged_playlists;
use crate::app::history::sets::CurrentSet;
use crate::playlist::{Playlist, format::About, format::document, order::typical, run::RunId};
use crate::store::{Playlists, RunPlaylist, RunRecord, SetRecord, StoreError};
use crate::{app::progress::Progress, time::Moment, track::ContentId};

/// How many songs are shown to give an idea of a playlist.
const TYPICAL: usize = 3;

/// A run that has its playlists.
pub(crate) struct CompletedRun {
    pub set: String,
    /// The record of the run, still without id, lineage and playlists.
    pub record: RunRecord,
    /// None: the run begins a lineage of its own, unless it repeats the last one.
    pub lineage: Option<u64>,
    pub clusters: Vec<NamedCluster>,
    /// Tracks that are not there now, by the ids of the playlists to which they return.
    pub absent: BTreeMap<u32, Vec<ContentId>>,
    /// The id of the next new playlist, as far as earlier runs say.
    pub next_id: u32,
}

impl CompletedRun {
    /// A run with these playlists, in which the pinned songs are put back.
    pub(crate) fn new(
        context: &ClusterContext,
        clusters: Vec<NamedCluster>,
        inertia: f64,
    ) -> Result<Self, StoreError> {
        let ClusterContext { request, input, previous, pins, .. } = context;
        let (selection, points) = (&input.selection, context.all_points());
        let (order, seed) = (request.order, request.seed);
        let mut clusters = pins.insert_pinned(clusters, points, selection, context.store, order, seed)?;
        if previous.earlier.is_some() {
            compare(&mut clusters, previous.current.last.as_ref());
        }
        let mut absent = absent_tracks(context.points().contents(), context.last());
        for cluster in &clusters {
            absent.entry(cluster.playlist.id).or_default().extend(&cluster.over_limit);
        }
        absent.extend(pins.absent(&clusters));
        let record = RunRecord {
            tracks: previous.tracks,
            is_restored: false,
            id: String::new(),
            made: Moment::now(),
            lineage: 0,
            space: input.space.clone(),
            algorithm: request.grouped_by().to_owned(),
            report: request.report,
            settings: previous.settings.clone(),
            inertia,
            playlists: vec![],
            gone: vec![],
        };
        let (set, lineage) = (previous.set.clone(), previous.current.lineage(request.fresh));
        Ok(Self { set, record, lineage, clusters, absent, next_id: context.next_id() })
    }

    /// Writes all targets and keeps the run, unless it repeats the last one: all that takes room on a disk happens before the
    /// first file gets its name.
    /// Errors: a target or the store cannot be written, or a target belongs to somebody else. Then nothing is kept, and all
    /// targets are as they were. Only a disk that takes all of a run and then fails to sync it may have kept the run; the next
    /// one writes its files.
    pub(crate) fn publish_and_keep(
        mut self,
        current: &CurrentSet,
        targets: &Targets,
        database: &Playlists,
        progress: &dyn Progress,
    ) -> Result<ClusterSummary, ClusterRunError> {
        let parts = |cluster: NamedCluster| (cluster.playlist, (cluster.churn, cluster.is_new));
        let (playlists, changes): (Vec<Playlist>, Vec<_>) = self.clusters.into_iter().map(parts).unzip();
        let record = &mut self.record;
        record.playlists = records(&playlists, &mut self.absent);
        let latest = current.record.latest + 1;
        let last = current.last.as_ref();
        let repeated = last.filter(|last| is_repeated(last, record, self.lineage));
        record.lineage = repeated.map_or(self.lineage.unwrap_or(latest), |last| last.lineage);
        let continued = last.filter(|last| last.lineage == record.lineage);
        record.gone = gone_playlists(continued, &record.playlists, |id| current.is_users(id));
        let gone = gone_since(last, record);
        let was_gone: HashSet<_> =
            continued.into_iter().flat_map(|last| &last.gone).map(|list| list.id).collect();
        let id = repeated.map_or_else(|| run_id(record, record.lineage), |last| RunId::known(&last.id));
        let about = About {
            set: self.set.clone(),
            run: id.clone(),
            method: record.space.name.clone(),
            algorithm: record.algorithm.clone(),
            n: playlists.len(),
        };
        let publication = Publication { playlists: &playlists, about: &about, targets, database, progress };
        let staged = publication.stage()?;
        warn_of_damaged_playlists(database, progress);
        staged.claim()?;
        let before = repeated.is_none().then(|| database.savepoint()).transpose()?;
        let songs = |list: &Playlist| list.songs.iter().map(|song| song.content).collect::<Vec<_>>();
        let songs: Vec<_> = playlists.iter().map(songs).collect();
        let all = playlists.iter().flat_map(|list| &list.songs);
        let places: Vec<_> = all.map(|song| (&song.content, song.path())).collect();
        database.keep_places(&self.set, &record.playlists, &places)?;
        drop(places);
        database.keep_order(&self.set, &id.to_string(), &record.playlists, &songs)?;
        if repeated.is_none() {
            let next_id = playlists.iter().map(|list| list.id + 1).fold(self.next_id, u32::max);
            (record.id, record.made) = (id.to_string(), Moment::now());
            database.keep(&self.set, &SetRecord { next_id, latest }, record)?;
        }
        let files = staged.place().inspect_err(|_| {
            // Where this fails, too, the run is kept, and the next one writes its files.
            drop(before.map(|before| database.restore(before)));
        })?;
        let summaries = playlists.iter().zip(changes).zip(files);
        let summaries = summaries.map(|((list, (churn, is_new)), file)| PlaylistSummary {
            id: list.id,
            name: list.name.clone(),
            was: last.filter(|_| !is_new).and_then(|last| former_name(last, list)),
            file,
            size: list.songs.len(),
            churn,
            is_new,
            is_back: was_gone.contains(&list.id),
            typical: typical(&list.songs, TYPICAL),
        });
        Ok(ClusterSummary {
            document: targets.returns_document.then(|| document(&playlists, &about)),
            set: self.set,
            run: id,
            method: about.method,
            learn_from: None,
            algorithm: about.algorithm,
            n: playlists.len(),
            n_curve: vec![],
            tracks: playlists.iter().map(|list| list.songs.len()).sum(),
            filtered: 0,
            coverage: 0.0,
            noise: 0,
            inertia: record.inertia,
            silhouette: None,
            seconds: vec![],
            playlists: summaries.collect(),
            gone,
            regroup_gain: None,
            is_regrouped: false,
            folder: targets.playlists.clone(),
            output: targets.output.clone(),
            is_dry_run: targets.is_dry_run,
            why: None,
            over_limit_of: None,
        })
    }
}

/// The name of a playlist in the last run, if it is another one.
fn former_name(last: &RunRecord, list: &Playlist) -> Option<String> {
    let before = last.playlists.iter().find(|before| before.id == list.id);
    before.filter(|before| before.name != list.name).map(|before| before.name.clone())
}

/// Whether a run repeats the `last` one. Names are not part of an id, but they alone may change.
fn is_repeated(last: &RunRecord, run: &RunRecord, lineage: Option<u64>) -> bool {
    lineage.is_none_or(|lineage| lineage == last.lineage)
        && last.playlists == run.playlists
        && last.id == run_id(run, last.lineage).to_string()
}

fn run_id(run: &RunRecord, lineage: u64) -> RunId {
    let members = run.playlists.iter().flat_map(|list| list.members.iter().map(|song| (*song, list.id)));
    RunId::of(&run.settings, &run.space, lineage, members.collect())
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
