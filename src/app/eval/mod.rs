//! Measures what methods, numbers of playlists and a learned metric are worth on a library. Nothing is decoded, and nothing
//! is written.

mod groupings;
mod held_out;
mod input;
mod labels;
mod neighbours;
mod recommend;
pub(crate) mod report;
pub(crate) mod request;
mod songs;

use std::{path::Path, time::Instant};

use self::groupings::groupings;
use self::held_out::gain;
use self::input::{EvalInput, MethodPoints, read};
use self::neighbours::{LabelledSongs, QUERIES, share};
use self::recommend::recommend;
use self::report::{EvalReport, MethodScores};
use self::request::{EvalError, EvalRequest};
use super::cluster::{learn_from::LearnFrom, request::ClusterRunError};
use super::progress::{EachWarningOnce, Event, Progress};
use crate::clustering::{LEAST_MEAN_SIZE, SAMPLE, candidates, check_count};

/// Measures every method on the songs that all of them have.
/// Errors: nothing to measure, an impossible number, labels that cannot be used.
pub(crate) fn eval(
    request: &EvalRequest,
    store: &Path,
    progress: &dyn Progress,
) -> Result<EvalReport, EvalError> {
    let begin = Instant::now();
    if !request.grouping.algorithm.takes_n {
        return Err(EvalError::TakesNoNumber { algorithm: request.grouping.algorithm.name });
    }
    // Each method would warn of the same.
    let progress = &EachWarningOnce::to(progress);
    let input = read(request, store, progress)?;
    let counts = counts(request, &input)?;
    progress.event(Event::Steps { steps: (input.methods.len() * (counts.len() + 1)) as u64 });
    let methods = input.methods.iter().map(|method| measured(method, &input, &counts, request, progress));
    let methods: Result<Vec<_>, _> = methods.collect();
    progress.event(Event::End);
    let (methods, songs) = (methods?, input.songs.artists.len());
    let artists = input.songs.shared(LearnFrom::Artist);
    Ok(EvalReport {
        songs,
        grouped: songs.min(SAMPLE),
        algorithm: request.grouping.algorithm.name.to_owned(),
        learn_from: input.learn_from,
        labels: input.labels,
        artists: artists.count,
        albums: input.songs.shared(LearnFrom::Album).count,
        recommended: recommend(&methods, artists.are_enough()),
        methods,
        seconds: begin.elapsed().as_secs_f64(),
    })
}

/// The numbers of playlists to try: those that were asked for, or those that `cluster` would try.
fn counts(request: &EvalRequest, input: &EvalInput) -> Result<Vec<usize>, EvalError> {
    let songs = input.songs.artists.len();
    let Some((least, most)) = request.n else {
        let counts = candidates(songs);
        let least = 2 * LEAST_MEAN_SIZE;
        return if counts.is_empty() { Err(EvalError::TooFewSongs { songs, least }) } else { Ok(counts) };
    };
    for method in &input.methods {
        check_count(&method.points, most).map_err(ClusterRunError::from)?;
    }
    Ok((least..=most).collect())
}

fn measured(
    method: &MethodPoints,
    input: &EvalInput,
    counts: &[usize],
    request: &EvalRequest,
    progress: &dyn Progress,
) -> Result<MethodScores, EvalError> {
    let (points, songs) = (&method.points, &input.songs);
    let label =
        |track: &_| songs.labels[points.contents().binary_search(track).expect("a track of the points")];
    let grouped = method.learned.as_ref().unwrap_or(points);
    let groupings = groupings(grouped, counts, &request.grouping, label, progress);
    let (groupings, n) = groupings.map_err(ClusterRunError::from)?;
    let all = LabelledSongs { values: points.values(), artists: &songs.artists, labels: &songs.labels };
    let label_votes = songs.are_labelled().then(|| all.label_votes(&all.labelled(QUERIES)));
    let artist_hits = all.artist_hits(&all.with_siblings(QUERIES));
    let scores = MethodScores {
        method: method.space.name.clone(),
        coverage: method.coverage,
        groupings,
        n,
        label_votes: label_votes.as_deref().and_then(share),
        artist_hits: share(&artist_hits),
        learned: LearnFrom::ALL.into_iter().filter_map(|from| gain(points, songs, from)).collect(),
    };
    progress.event(Event::Step);
    Ok(scores)
}

#[cfg(test)]
mod tests;
