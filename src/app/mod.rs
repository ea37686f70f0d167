//! What a subcommand means. The only folder that knows the others.

pub mod cluster;
pub mod history;
pub mod index;
pub mod inference;
pub mod progress;
pub mod prune;
pub mod reduction;
pub mod scan;
pub mod status;
pub mod watch;

pub use self::{
    cluster::{
        cluster,
        error::ClusterRunError,
        explain::{WhyPlaylist, WhySong},
        publish::{PublishError, Targets},
        request::{ClusterRequest, Explain, Filters},
        restore::{RestoreRequest, restore},
        summary::{ClusterSummary, PlaylistSummary},
    },
    history::{
        diff::{Difference, Fate, MoveCounts, Moved, PlaylistChange},
        error::HistoryError,
        playlists::{
            ChangedPlaylist, ListedPlaylist, PlaylistSelector, SetListing, list, pin, rename, unpin,
        },
        runs::{History, RunLine, song_locations},
        sets::{SetSelector, default_set_name},
        songs::SongLocation,
    },
    inference::Inference,
    progress::{Event, Progress, Quiet},
    prune::Prunable,
    scan::{
        limits::WorkerLimits,
        plan::{Plan, Task, Unavailable, Why},
        pool::WorkerPool,
        report::{ScanReport, ScanSummary, Tally},
        request::{IndexError, ScanError, ScanRequest},
        worker::work,
    },
    status::{Pace, SpaceStatus, Status, failures, status},
};
