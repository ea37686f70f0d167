//! What a subcommand means. The only folder that knows the others.

pub(crate) mod cluster;
pub(crate) mod history;
pub(crate) mod inference;
pub(crate) mod progress;
pub(crate) mod prune;
pub mod reduction;
pub mod scan;
pub(crate) mod status;
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
        runs::{Change, Counts, Difference, Fate, History, Moved, RunLine, whereabouts},
        sets::{HistoryError, Which, usual_name},
        songs::Place,
    },
    inference::Inference,
    progress::{Event, Progress, Quiet},
    prune::Prunable,
    scan::{
        pipeline::IndexError,
        plan::{Away, Plan, Task, Why},
        pool::{Limits, Workforce},
        report::{ScanReport, ScanSummary},
        request::{ScanError, ScanRequest},
        tally::Tally,
        worker::work,
    },
    status::{Pace, SpaceStatus, Status, failures, status},
};
