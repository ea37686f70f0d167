//! How tracks become playlists: the flags of `cluster` and `run`, and those of them that `import --assignment` has.

use std::{ffi::OsString, path::PathBuf};

use clap::Args;
use indexer::{ALGORITHMS, ClusterConfig, ClusterRequest, Config, Error, Explain, Index, OptionError};

use crate::cli::ui::exit::Usage;

use super::{count::Count, filters::FilterFlags, one_for_stdout, overrule, targets::TargetFlags};

/// What is compared.
#[derive(Args)]
pub(crate) struct ComparisonFlags {
    /// What songs are compared by: `mfcc`, a model, or several side by side, as in `mfcc:0.5+musicnn`; `best`: what the
    /// playlists were last made by, or for new ones the best that nearly all songs have [default: best]
    #[arg(long, short, value_name = "METHOD")]
    method: Option<String>,
    // `cli::help` says what there is, here and below.
    #[arg(long, value_name = "TAG")]
    learn_from: Option<String>,
}

/// What becomes of the playlists of before, and of those that are found.
#[derive(Args)]
pub(crate) struct RefreshFlags {
    /// The set of playlists that this call continues [default: the one of the library, or of the folder if one is given]
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Join playlists of fewer songs to their nearest
    #[arg(long, value_name = "N")]
    min_size: Option<usize>,
    /// Forget the set's earlier playlists, their ids and names
    #[arg(long)]
    fresh: bool,
    /// Find new names for all playlists; they keep their ids
    #[arg(long)]
    rename: bool,
    /// Show what sets each playlist apart and which songs are typical or borderline; with a file, explain that song
    // OsString: what is empty is no path.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "")]
    explain: Option<OsString>,
    #[command(flatten)]
    targets: TargetFlags,
    #[command(flatten)]
    filters: FilterFlags,
}

/// All of them.
#[derive(Args)]
pub(crate) struct Grouping {
    /// How many playlists; `auto`: the number whose playlists are best separated [default: auto]
    #[arg(long, short, value_name = "N")]
    n: Option<Count>,
    #[command(flatten)]
    comparison: ComparisonFlags,
    #[arg(long, value_name = "NAME")]
    algorithm: Option<String>,
    /// The arithmetic of the original report: 13 MFCC means and tempo, or raw `cnn14-whole` embeddings, unscaled
    #[arg(long, value_name = "NAME", value_parser = ["report"], conflicts_with_all = ["seed", "algorithm"])]
    preset: Option<String>,
    /// Same seed, same tracks: same playlists [default: 42]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Group all tracks anew; with a PERCENT only if that fits better by so much, with `never` not at all [default: 25]
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, require_equals = true, default_missing_value = "0")]
    regroup: Option<String>,
    #[command(flatten)]
    refresh: RefreshFlags,
}

impl ComparisonFlags {
    /// Lays what is given over the settings, as all of these do.
    pub(crate) fn overrule(&self, cluster: &mut ClusterConfig) {
        overrule(&mut cluster.method, self.method.clone());
        overrule(&mut cluster.learn_from, self.learn_from.clone());
    }
}

impl RefreshFlags {
    fn overrule(&self, cluster: &mut ClusterConfig) {
        overrule(&mut cluster.set, self.set.clone());
        overrule(&mut cluster.min_size, self.min_size);
        self.targets.overrule(cluster);
        self.filters.clone().overrule(cluster);
    }

    /// What is asked for, checked as far as that goes without the store, and the index that is asked.
    pub(crate) fn request(
        self,
        path: Option<PathBuf>,
        mut config: Config,
    ) -> anyhow::Result<(Index, ClusterRequest)> {
        if self.set.as_deref() == Some("") {
            // In the configuration, nothing is no name.
            return Err(Error::from(OptionError::SetName(String::new())).into());
        }
        self.overrule(&mut config.cluster);
        one_for_stdout(&config)?;
        let index = Index::open(&config);
        let mut request = index.cluster_request()?;
        self.targets.complete(&mut request.targets)?;
        (request.path, request.fresh, request.rename) = (path, self.fresh, self.rename);
        let explain =
            |song: OsString| if song.is_empty() { Explain::All } else { Explain::Song(song.into()) };
        request.explain = self.explain.map(explain);
        Ok((index, request))
    }
}

impl Grouping {
    pub(crate) fn overrule(&self, config: &mut Config) {
        let is_report = self.preset.is_some();
        let cluster = &mut config.cluster;
        overrule(&mut cluster.n, self.n.map(Count::setting));
        overrule(&mut cluster.seed, self.seed);
        let of_report = || is_report.then(|| ALGORITHMS[0].name.to_owned());
        overrule(&mut cluster.algorithm, self.algorithm.clone().or_else(of_report));
        overrule(&mut cluster.regroup, self.regroup.clone());
        self.comparison.overrule(cluster);
        self.refresh.overrule(cluster);
    }

    /// As [`RefreshFlags::request`].
    pub(crate) fn request(
        self,
        path: Option<PathBuf>,
        mut config: Config,
    ) -> anyhow::Result<(Index, ClusterRequest)> {
        let is_report = self.preset.is_some();
        let learns = self.comparison.learn_from.as_deref().is_some_and(|from| !["", "none"].contains(&from));
        if is_report && learns {
            let text = "--preset report compares songs as the report did, which learns nothing: leave --learn-from out";
            return Err(Usage(text.to_owned()).into());
        }
        self.overrule(&mut config);
        let (index, mut request) = self.refresh.request(path, config)?;
        if is_report {
            index.report_preset(&mut request)?;
        }
        self.n.map(|n| n.apply(&mut request)).transpose()?;
        Ok((index, request))
    }
}
