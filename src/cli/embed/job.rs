//! Jobs that give each list to a machine, for engines that exist.

use crate::cli::ui::exit::Usage;

/// A job for one engine.
#[derive(Debug)]
pub(crate) struct JobKind {
    pub name: &'static str,
    /// One line for `--help`.
    pub about: &'static str,
    pub text: &'static str,
}

/// Every job.
pub(crate) static JOBS: &[JobKind] = &[
    JobKind {
        name: "ray",
        about: "a Python script for a Ray cluster: one task a list, tried again elsewhere if a node is lost",
        text: include_str!("jobs/ray.py"),
    },
    JobKind {
        name: "slurm",
        about: "a batch script for Slurm: one task of an array a list",
        text: include_str!("jobs/slurm.sh"),
    },
    JobKind {
        name: "parallel",
        about: "a shell script for GNU parallel, on this machine or over ssh",
        text: include_str!("jobs/parallel.sh"),
    },
    JobKind {
        name: "spark",
        about: "a Python script for Spark: groups exported vectors on many machines, by KMeans",
        text: include_str!("jobs/spark.py"),
    },
];

impl JobKind {
    /// The job for the engine of this name.
    pub(super) fn named(name: &str) -> Result<&'static Self, Usage> {
        let names = || JOBS.iter().map(|job| job.name).collect::<Vec<_>>().join(", ");
        let job = JOBS.iter().find(|job| job.name == name);
        job.ok_or_else(|| Usage(format!("unknown job `{name}`: choose from {}", names())))
    }
}
