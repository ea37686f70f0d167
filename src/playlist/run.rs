//! The id of a run.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{digest::Hasher, space::SpaceId, track::ContentId};

/// Twelve hexadecimal digits that equal runs share: same settings, same space, same tracks in the same playlists of the
/// same lineage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(String);

impl RunId {
    /// The id of a run that is kept.
    pub(crate) fn known(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// `settings` is canonical: equal settings are equal text. `lineage` is the number of the run, from 1,
    /// with which the counting of playlist ids began: in different lineages equal ids are different
    /// playlists. `members` are the tracks with their playlists' ids, in any order.
    pub(crate) fn of(
        settings: &str,
        space: &SpaceId,
        lineage: u64,
        mut members: Vec<(ContentId, u32)>,
    ) -> Self {
        // Those of each playlist most often come ascending, and sorted parts are only merged.
        members.sort();
        let mut hasher = Hasher::default();
        hasher
            .field(settings.as_bytes())
            .field(space.name.as_bytes())
            .update(&space.fingerprint.0)
            .update(&lineage.to_le_bytes());
        for (content, playlist) in members {
            hasher.update(&[content.recipe]).update(&content.digest.0).update(&playlist.to_le_bytes());
        }
        Self(hasher.finish().short(12))
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn a_run_is_named_by_settings_space_and_members() {
        let space = |name: &str, n| SpaceId { name: name.into(), fingerprint: Digest([n; 32]) };
        let track = |recipe, n| ContentId { recipe, digest: Digest([n; 32]) };
        let run = RunId::of("n = 2", &space("mfcc", 1), 1, vec![(track(1, 1), 0), (track(1, 2), 1)]);
        assert_eq!(run.to_string().len(), 12);
        assert_eq!(run, RunId::of("n = 2", &space("mfcc", 1), 1, vec![(track(1, 2), 1), (track(1, 1), 0)]));
        let others = [
            RunId::of("n = 3", &space("mfcc", 1), 1, vec![(track(1, 1), 0), (track(1, 2), 1)]),
            RunId::of("n = 2", &space("mfcd", 1), 1, vec![(track(1, 1), 0), (track(1, 2), 1)]),
            RunId::of("n = 2", &space("mfcc", 2), 1, vec![(track(1, 1), 0), (track(1, 2), 1)]),
            RunId::of("n = 2", &space("mfcc", 1), 1, vec![(track(2, 1), 0), (track(1, 2), 1)]),
            RunId::of("n = 2", &space("mfcc", 1), 1, vec![(track(1, 1), 1), (track(1, 2), 0)]),
            RunId::of("n = 2", &space("mfcc", 1), 1, vec![(track(1, 1), 0)]),
            RunId::of("n = 2", &space("mfcc", 1), 2, vec![(track(1, 1), 0), (track(1, 2), 1)]),
        ];
        assert!(others.iter().all(|other| *other != run));
    }
}
