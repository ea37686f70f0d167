//! The step that makes clusters playlists: each gets its name, then its songs.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::context::ClusterContext;
use super::selection::{SelectedTrack, sound_of};
use super::{grouping::IdentifiedClusters, request::ClusterRequest, summary::NamedCluster};
use crate::playlist::names::{Sound, TermTable, UniqueNames, phrases};
use crate::playlist::{Playlist, Song, identity::PreviousPlaylist};
use crate::store::{StoreError, View};
use crate::track::{ContentId, TrackNumber};
use crate::{clustering::Clustering, extract::EXTRACTORS, model::ModelSpec, space::Points};

/// What the store knows of the tracks that are grouped besides their vectors, in the order of the rows. Scores of every
/// model count whose description is in the models' folder or built in, whatever its recipe was.
pub(crate) fn terms(context: &ClusterContext) -> Result<TermTable, StoreError> {
    let (folder, selection) = (&context.request.models, &context.input.selection);
    let view = View::open(context.store)?;
    let mut terms = TermTable::default();
    let mut models = Vec::new();
    for record in view.spaces()? {
        let spec = ModelSpec::find(&record.space.name, folder);
        // No run fails for a name: a model without a description is left out.
        let classes = spec.and_then(|spec| spec.class_names(folder)).unwrap_or_default();
        if !classes.is_empty() {
            models.push((terms.classes(&classes), view.scores(&record.space)?));
        }
    }
    let sounds = if selection.has_sounds { HashMap::new() } else { sounds(&view)? };
    for position in selection.positions(context.points.contents()) {
        let SelectedTrack { number, tags, sound, .. } = &selection.tracks[position];
        let scores: Vec<_> = models
            .iter()
            .filter_map(|(classes, scores)| Some((classes, scores.get(number)?.as_slice())))
            .collect();
        let sound = sound.or_else(|| sounds.get(number).copied());
        terms.add(&tags.genres, &scores, sound);
    }
    Ok(terms)
}

/// How tracks sound, from the first built-in method whose vectors say that.
fn sounds(view: &View) -> Result<HashMap<TrackNumber, Sound>, StoreError> {
    let mut sounds = HashMap::new();
    let method = EXTRACTORS.iter().find(|method| method.traits.sound.is_some());
    if let Some(method) = method {
        view.each_vector(&method.space(), |track, vector| {
            sounds.extend(sound_of(method.name, &vector).map(|sound| (track, sound)));
        })?;
    }
    Ok(sounds)
}

/// The names of all clusters: `kept` ones, and others from the terms of the cluster's rows, the most apt first.
pub(crate) fn name(
    kept: &[Option<&str>],
    rows: &[Vec<usize>],
    candidates: &[PreviousPlaylist],
    terms: &TermTable,
) -> Vec<String> {
    let mut names = UniqueNames::with_taken(candidates.iter().filter_map(PreviousPlaylist::kept_name));
    let distinctions = if kept.contains(&None) { terms.distinctions(rows) } else { vec![] };
    let name = |(cluster, kept): (usize, &Option<&str>)| match kept {
        Some(name) => (*name).to_owned(),
        None => names.assign(&phrases(terms, &rows[cluster], &distinctions[cluster])),
    };
    kept.iter().enumerate().map(name).collect()
}

/// Gives the clusters their songs in order, as far as limits allow; in the order of the playlists' ids.
pub(crate) fn with_songs(
    context: &ClusterContext,
    clustering: &Clustering,
    identified: &IdentifiedClusters,
    names: Vec<String>,
) -> Vec<NamedCluster> {
    let IdentifiedClusters { rows, tracks, identities } = identified;
    let (request, selection, points) = (context.request, &context.input.selection, &*context.points);
    let positions = selection.positions(points.contents());
    let playlist = |(cluster, name): (usize, String)| {
        let (rows, tracks, identity) = (&rows[cluster], &tracks[cluster], &identities[cluster]);
        let songs = rows.iter().map(|&row| selection.song(positions[row], clustering.distances[row]));
        let songs = limited_and_ordered(request, songs.collect(), rows, points);
        let (listed, over_limit) = split_listed(tracks, &songs);
        NamedCluster {
            cluster: Some(cluster),
            playlist: Playlist { id: identity.id, name, songs },
            over_limit,
            churn: identity.churn(&listed),
            is_new: identity.continues.is_none(),
        }
    };
    let mut clusters: Vec<_> = names.into_par_iter().enumerate().map(playlist).collect();
    clusters.sort_by_key(|cluster| cluster.playlist.id);
    clusters
}

/// The songs, one per row, that the limits leave, in the order that was asked for.
fn limited_and_ordered(
    request: &ClusterRequest,
    songs: Vec<Song>,
    rows: &[usize],
    points: &Points,
) -> Vec<Song> {
    let mut kept = request.filters.limits.keep(&songs).into_iter().peekable();
    let both = songs.into_iter().zip(rows).enumerate();
    let both = both.filter(|(place, _)| kept.next_if_eq(place).is_some()).map(|(_, both)| both);
    let (songs, rows): (Vec<_>, Vec<_>) = both.unzip();
    request.order.arrange(songs, &rows, points.values(), request.seed)
}

/// The tracks of a cluster that are among `songs`, and those that are not.
fn split_listed(tracks: &[ContentId], songs: &[Song]) -> (Vec<ContentId>, Vec<ContentId>) {
    if songs.len() == tracks.len() {
        return (tracks.to_vec(), vec![]);
    }
    let listed: HashSet<_> = songs.iter().map(|song| song.content).collect();
    tracks.iter().partition(|content| listed.contains(content))
}
