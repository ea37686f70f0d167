//! The step that makes clusters playlists: each gets its name, then its songs.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::context::ClusterContext;
use super::selection::SelectedTrack;
use super::sounds::sounds;
use super::{grouping::IdentifiedClusters, request::ClusterRequest, summary::NamedCluster};
use crate::playlist::names::{TermStatistics, TermTable, Truth, UniqueNames, phrases, truth};
use crate::playlist::{Playlist, Song, identity::PreviousPlaylist, identity::Standing};
use crate::store::{StoreError, View};
use crate::track::ContentId;
use crate::{clustering::Clustering, model::ModelSpec, space::Points};

/// What the store knows of the tracks that are grouped besides their vectors, in the order of the rows. Scores of every
/// model count whose description is in the models' folder or built in, whatever its recipe was.
pub(crate) fn terms(context: &ClusterContext) -> Result<TermTable, StoreError> {
    let (folder, selection) = (&context.request.models, &context.input.selection);
    let view = View::open(context.store)?;
    let mut terms = TermTable::default();
    let (mut models, mut scores) = (Vec::new(), Vec::new());
    for record in view.spaces()? {
        // No run fails for a name: a model without a description is left out.
        let Ok(spec) = ModelSpec::find(&record.space.name, folder) else { continue };
        let classes = spec.class_names(folder).unwrap_or_default();
        if !classes.is_empty() {
            models.push(terms.classes(&classes, spec.output.scores_range));
            scores.push(view.scores(&record.space)?);
        }
    }
    let sounds = if selection.has_sounds { HashMap::new() } else { sounds(&view)? };
    let positions = selection.positions(context.points().contents());
    for &position in &positions {
        let SelectedTrack { number, file, sound, .. } = &selection.tracks[position];
        let sound = sound.or_else(|| sounds.get(number).copied());
        terms.add(file.genres(), sound);
    }
    terms.add_scores(&models, |model, row| {
        scores[model].get(&selection.tracks[positions[row]].number).map(Vec::as_slice)
    });
    Ok(terms)
}

/// Whether the terms must be read: only names that the user gave need no check.
pub(crate) fn needs_terms(context: &ClusterContext, identified: &IdentifiedClusters) -> bool {
    identified.identities.iter().any(|identity| {
        identity.continues.is_none_or(|list| list.kept_name().is_none() || !is_given(context, list.id))
    })
}

/// Nobody but the user renames this playlist.
fn is_given(context: &ClusterContext, playlist: u32) -> bool {
    context.previous.current.is_named(playlist) || context.pins.is_pinned(playlist)
}

/// The names of all clusters. Those that the user gave stay, and those that we chose as long as they are true; all others
/// are found anew from the terms of the cluster's rows.
pub(crate) fn name(
    context: &ClusterContext,
    identified: &IdentifiedClusters,
    candidates: &[PreviousPlaylist],
    terms: &TermTable,
) -> Vec<String> {
    let IdentifiedClusters { rows, identities, .. } = identified;
    if !needs_terms(context, identified) {
        let kept = |list: &PreviousPlaylist| list.name.clone();
        return identities.iter().filter_map(|identity| identity.continues.map(kept)).collect();
    }
    let statistics = TermStatistics::new(terms, rows);
    let kept = identities.iter().map(|identity| {
        let list = identity.continues?;
        Some((list.kept_name()?, is_given(context, list.id)))
    });
    let kept: Vec<_> = kept.collect();
    let named = kept.into_par_iter().enumerate().map(|(cluster, kept)| match kept {
        Some((name, true)) => ClusterName::Kept(name.to_owned()),
        kept => checked(&statistics, cluster, kept.map(|(name, _)| name)),
    });
    let named: Vec<_> = named.collect();
    // Names of playlists that no cluster continues are not given to others at once, and those of the user's never.
    let is_continued = |list: &&PreviousPlaylist| {
        identities.iter().any(|identity| identity.continues.is_some_and(|continued| continued.id == list.id))
    };
    let is_kept_free = |list: &&PreviousPlaylist| {
        list.standing != Standing::Gone || context.previous.current.is_named(list.id)
    };
    let gone = candidates.iter().filter(|list| !is_continued(list)).filter(is_kept_free);
    let gone = gone.filter_map(PreviousPlaylist::kept_name);
    let kept = named.iter().filter_map(|name| match name {
        ClusterName::Kept(name) => Some(name.as_str()),
        ClusterName::Sought(_) => None,
    });
    let mut names = UniqueNames::with_taken(gone.chain(kept));
    let name = |name: &ClusterName| match name {
        ClusterName::Kept(name) => name.clone(),
        ClusterName::Sought(found) => names.assign(found),
    };
    named.iter().map(name).collect()
}

enum ClusterName {
    Kept(String),
    /// The most apt first.
    Sought(Vec<String>),
}

/// The name that we chose for a cluster's playlist if it can stay.
fn checked(statistics: &TermStatistics, cluster: usize, chosen: Option<&str>) -> ClusterName {
    let truth = chosen.map_or(Truth::Untrue, |name| truth(statistics, cluster, name));
    let found = match truth {
        Truth::True => None,
        _ => Some(phrases(statistics, cluster, &statistics.distinctions(cluster))),
    };
    let is_better = found.as_ref().is_some_and(|found| truth == Truth::Untrue || !found.is_provisional);
    match (chosen, found) {
        (Some(name), _) if !is_better => ClusterName::Kept(name.to_owned()),
        (_, found) => ClusterName::Sought(found.map(|found| found.names).unwrap_or_default()),
    }
}

/// Gives the clusters their songs in order, as far as limits allow; in the order of the playlists' ids.
pub(crate) fn with_songs(
    context: &ClusterContext,
    clustering: &Clustering,
    identified: &IdentifiedClusters,
    names: Vec<String>,
) -> Vec<NamedCluster> {
    let IdentifiedClusters { rows, tracks, identities } = identified;
    let (request, selection, points) = (context.request, &context.input.selection, context.points());
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
