//! What the steps of one run share once the tracks are read and the set's earlier runs are known.

use std::{borrow::Cow, path::Path};

use super::request::{ClusterRequest, ClusterRunError};
use super::{continuity::PreviousRuns, input::ClusterInput, pins::Pins};
use crate::{app::progress::Progress, space::Points, store::RunPlaylist, store::RunRecord};

/// The request, what was read for it, and what is pinned.
pub(crate) struct ClusterContext<'a> {
    pub request: &'a ClusterRequest,
    pub input: &'a ClusterInput,
    pub previous: &'a PreviousRuns,
    pub store: &'a Path,
    pub progress: &'a dyn Progress,
    pub pins: Pins<'a>,
    /// The points of all tracks.
    all: Points,
    /// Those of the tracks that are not pinned, if any are.
    free: Option<Points>,
    /// The earlier run over the same tracks, without the pinned ones.
    earlier: Option<Cow<'a, RunRecord>>,
    /// The playlists of before that neither the last run nor the base has, and that may come back.
    pub gone: Vec<RunPlaylist>,
}

impl<'a> ClusterContext<'a> {
    /// Takes the pinned tracks out, of which the song to be explained must not be one.
    pub(crate) fn new(
        request: &'a ClusterRequest,
        input: &'a ClusterInput,
        points: Points,
        previous: &'a PreviousRuns,
        store: &'a Path,
        progress: &'a dyn Progress,
    ) -> Result<Self, ClusterRunError> {
        let choices = &previous.current.choices;
        let pins = Pins::of(previous.continued(request), choices);
        pins.check_not_pinned(input.wanted)?;
        let earlier = Pins::of(previous.earlier.as_ref(), choices).free_part;
        let free = pins.free_points(&points);
        let mut gone = previous.continued(request).map_or(vec![], |last| last.gone.clone());
        let base = earlier.iter().flat_map(|run| &run.playlists);
        gone.retain(|gone| base.clone().all(|list| list.id != gone.id));
        Ok(Self { request, input, previous, store, progress, pins, all: points, free, earlier, gone })
    }

    /// The points of all tracks.
    pub(crate) fn all_points(&self) -> &Points {
        &self.all
    }

    /// The points that are grouped: those of all tracks that are not pinned.
    pub(crate) fn points(&self) -> &Points {
        self.free.as_ref().unwrap_or(&self.all)
    }

    /// Frees the values of the points once the tracks are grouped, unless they are asked for again. With a million tracks they
    /// take as much memory as all the songs.
    pub(crate) fn forget_values(&mut self) {
        let is_explained = self.request.explain.is_some();
        if !self.request.order.compares_points && self.free.is_none() && !is_explained {
            self.all.forget_values();
        }
    }

    /// The last run of the set without the pinned tracks, if this run continues it.
    pub(crate) fn last(&self) -> Option<&RunRecord> {
        self.pins.free_part.as_deref()
    }

    /// The run whose playlists this one starts from, without the pinned tracks: the earlier one over the same
    /// tracks, else the last one.
    pub(crate) fn base(&self) -> Option<&RunRecord> {
        self.earlier.as_deref().or(self.last())
    }

    /// The id of the next new playlist.
    pub(crate) fn next_id(&self) -> u32 {
        if self.request.fresh { 0 } else { self.previous.current.record.next_id }
    }
}
