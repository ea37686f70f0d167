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
        explain::{Explain, WhyPlaylist, WhySong},
        publish::{PublishError, Targets},
        request::{ClusterRequest, ClusterRunError, Filters},
        restore::{RestoreRequest, restore},
        summary::{ClusterSummary, PlaylistSummary},
    },
    history::{
        playlists::{Changed, Listed, SetListing, Target, list, pin, rename, unpin},
        runs::{Counts, Difference, Fate, History, Moved, PlaylistChange, RunLine, whereabouts},
        sets::{HistoryError, Which, usual_name},
        songs::Place,
    },
    inference::Inference,
    progress::{Event, Progress, Quiet},
    prune::Prunable,
    scan::{
        pipeline::IndexError,
        plan::{Plan, Task, Unavailable, Why},
        pool::{WorkerLimits, WorkerPool},
        report::{ScanReport, ScanSummary},
        request::{ScanError, ScanRequest},
        tally::Tally,
        worker::work,
    },
    status::{Pace, SpaceStatus, Status, failures, status},
};
