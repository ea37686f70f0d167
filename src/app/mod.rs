//! What a subcommand means. The only folder that knows the others.

mod analyse;
mod cluster;
mod crew;
mod index;
mod inference;
mod job;
mod knowledge;
mod ledger;
mod mean;
mod models;
mod naming;
mod numbers;
mod plan;
mod progress;
mod publish;
mod recipe;
mod record;
mod rows;
pub mod scan;
mod selection;
mod status;
mod survey;
mod tally;
mod vanished;

pub use cluster::{ClusterRequest, ClusterRunError, ClusterSummary, PlaylistSummary, cluster};
pub use crew::Limits;
pub use index::{IndexError, Workforce};
pub use inference::Inference;
pub use job::work;
pub use plan::{Away, Plan, Task, Why};
pub use progress::{Event, Progress, Quiet};
pub use publish::{PublishError, Targets};
pub use scan::{ScanError, ScanRequest, ScanSummary};
pub use status::{Pace, SpaceStatus, Status, failures, status};
pub use tally::Tally;
