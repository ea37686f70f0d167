//! Tracks to playlists: what the settings of `[cluster]` mean.

use std::{collections::BTreeSet, ffi::OsStr, path::Path};

use super::{Error, Index, OptionError};
use crate::app::cluster::combination::MethodChoice;
use crate::app::cluster::learn_from::LearnFrom;
use crate::app::cluster::request::{ClusterRequest, Filters, Regroup};
use crate::clustering::{ALGORITHMS, AlgorithmSettings, algorithm};
use crate::machine::start_thread_pool;
use crate::model::spec::{Whole, Window};
use crate::playlist::filter::{ListLimits, TrackFilter, genre_keys};
use crate::playlist::format::{FORMATS, format};
use crate::playlist::order::{ORDERS, Order, order};
use crate::text::{misleads, visible};
use crate::time::{Moment, seconds};
use crate::{
    app::cluster::cluster, app::cluster::request::Targets, app::cluster::summary::ClusterSummary,
    app::progress::Progress, config::ClusterConfig, extract::Method, library::Excluded,
    playlist::path_map::PathMap,
};

impl Index {
    /// What the settings of `[cluster]` ask for, checked as far as that goes without the store.
    pub fn cluster_request(&self) -> Result<ClusterRequest, Error> {
        let config = &self.config.cluster;
        let names = || ALGORITHMS.iter().map(|row| row.name);
        let algorithm =
            algorithm(&config.algorithm).ok_or_else(|| unknown("algorithm", &config.algorithm, names()))?;
        let settings = config.algorithms.clone();
        settings.check().map_err(OptionError::from)?;
        Ok(ClusterRequest {
            method: self.method_choice(&config.method)?,
            learn_from: learn_from(&config.learn_from)?,
            algorithm,
            assignment: None,
            settings,
            // The configured number is not meant for algorithms that find it out themselves.
            n: Some(config.n).filter(|n| *n > 0 && algorithm.takes_n),
            seed: config.seed,
            path: None,
            configured: self.config.library.roots.clone(),
            report: false,
            set: given(&config.set).map(|name| set_name(name)).transpose()?,
            fresh: false,
            regroup: regroup(&config.regroup)?,
            min_size: config.min_size,
            rename: false,
            models: self.config.models_folder(),
            filters: filters(config)?,
            explain: None,
            order: self.order()?,
            targets: self.targets()?,
        })
    }

    /// Where the settings of `[cluster]` say that playlists are written.
    /// Errors: an unknown format, a mapping of paths that is none.
    pub fn targets(&self) -> Result<Targets, Error> {
        let config = &self.config.cluster;
        let formats: Vec<_> = config.format.split(',').map(|name| name.trim().to_owned()).collect();
        if let Some(name) = formats.iter().find(|name| format(name).is_none()) {
            return Err(unknown("format", name, FORMATS.iter().map(|row| row.name)).into());
        }
        Ok(Targets {
            output: given(&config.output).filter(|path| !is_stdout(path)).cloned(),
            returns_document: is_stdout(&config.output),
            force: false,
            is_dry_run: false,
            playlists: given(&config.playlists).cloned(),
            formats,
            path_map: PathMap::parse(&config.path_map).map_err(OptionError::from)?,
            relative_to: given(&config.relative_to).cloned(),
        })
    }

    /// How songs stand in a playlist.
    pub(super) fn order(&self) -> Result<&'static Order, OptionError> {
        let name = &self.config.cluster.order;
        order(name).ok_or_else(|| unknown("order", name, ORDERS.iter().map(|row| row.name)))
    }

    /// Makes a request one for the arithmetic of the original report: the `mfcc` space or a model that sees whole
    /// tracks, k-means with its usual settings.
    /// Errors: the request's method is another one, or not installed.
    pub fn report_preset(&self, request: &mut ClusterRequest) -> Result<(), Error> {
        request.method = match &request.method {
            MethodChoice::Best { alternatives, .. } => {
                MethodChoice::Named(alternatives.last().cloned().unwrap_or_default())
            }
            MethodChoice::Named(parts) => MethodChoice::Named(parts.clone()),
        };
        let names = request.method.methods();
        let [name] = names.as_slice() else {
            return Err(OptionError::NotOfTheReport(names.join("+")).into());
        };
        if let Method::Model(model) = self.method(name)?
            && model.spec.window != Window::Named(Whole::Whole)
        {
            return Err(OptionError::NotOfTheReport((*name).to_owned()).into());
        }
        (request.report, request.seed, request.learn_from) = (true, 42, None);
        (request.algorithm, request.settings) = (&ALGORITHMS[0], AlgorithmSettings::default());
        Ok(())
    }

    /// Groups the tracks into playlists that continue those of the set's last run, writes them, and keeps the run.
    /// Errors: no store or nothing in it, a number of playlists that cannot be, files that cannot be written. Then nothing
    /// is written.
    pub fn cluster(
        &self,
        request: &ClusterRequest,
        progress: &dyn Progress,
    ) -> Result<ClusterSummary, Error> {
        start_thread_pool();
        Ok(cluster(request, &self.store(), progress)?)
    }
}

/// `never`, or a number of percent.
fn regroup(text: &str) -> Result<Regroup, OptionError> {
    let percent = || text.parse().ok().filter(|percent: &f64| *percent >= 0.0 && percent.is_finite());
    match text {
        "never" => Ok(Regroup::Never),
        _ => percent().map(Regroup::From).ok_or_else(|| OptionError::Regroup(text.to_owned())),
    }
}

/// Nothing, or what songs have in common.
fn learn_from(text: &str) -> Result<Option<LearnFrom>, OptionError> {
    let names = LearnFrom::ALL.map(LearnFrom::name).into_iter().chain(["none"]);
    match text {
        "" | "none" => Ok(None),
        _ => LearnFrom::named(text).map(Some).ok_or_else(|| unknown("tag to learn from", text, names)),
    }
}

fn unknown(what: &'static str, name: &str, names: impl Iterator<Item = &'static str>) -> OptionError {
    OptionError::Unknown { what, name: name.to_owned(), names: names.collect::<Vec<_>>().join(", ") }
}

/// A setting, where it is not left empty.
fn given<T: AsRef<OsStr>>(setting: &T) -> Option<&T> {
    Some(setting).filter(|setting| !setting.as_ref().is_empty())
}

/// `-` is no file, as with any command.
fn is_stdout(output: &Path) -> bool {
    output == Path::new("-")
}

/// Checks the name of a set: it can be seen, and typed again.
fn set_name(name: &str) -> Result<String, OptionError> {
    if visible(name).is_empty() || name.chars().any(misleads) {
        return Err(OptionError::SetName(name.to_owned()));
    }
    Ok(name.to_owned())
}

/// A range of tempos, of which one end may be open: `90..120`.
fn beats(text: &str) -> Option<[f64; 2]> {
    let (from, to) = text.split_once("..")?;
    let bound = |text: &str, open| if text.trim().is_empty() { Some(open) } else { text.trim().parse().ok() };
    let range = [bound(from, 0.0)?, bound(to, f64::INFINITY)?];
    (range[0] <= range[1] && !text.trim_matches([' ', '.']).is_empty()).then_some(range)
}

/// A year, or a range of years of which one end may be open: `1990..1999`.
fn years(text: &str) -> Option<[u16; 2]> {
    let bound = |text: &str, open| if text.trim().is_empty() { Some(open) } else { text.trim().parse().ok() };
    let range = match text.split_once("..") {
        Some((from, to)) => [bound(from, 0)?, bound(to, u16::MAX)?],
        None => [text.trim().parse().ok()?; 2],
    };
    (range[0] <= range[1] && !text.trim_matches([' ', '.']).is_empty()).then_some(range)
}

/// Which songs come into playlists.
pub(super) fn filters(config: &ClusterConfig) -> Result<Filters, OptionError> {
    let (min, max, since) = (&config.min_duration, &config.max_duration, &config.since);
    let length =
        |flag, text: &String| seconds(text).ok_or_else(|| OptionError::Length { flag, text: text.clone() });
    let shortest = given(min).map(|min| length("min-duration", min)).transpose()?;
    let longest = given(max).map(|max| length("max-duration", max)).transpose()?;
    let moment =
        |text: &String| Moment::parse(text, Moment::now()).ok_or_else(|| OptionError::Since(text.clone()));
    if let (Some(shortest), Some(longest)) = (shortest, longest)
        && shortest > longest
    {
        return Err(OptionError::Lengths { min: min.clone(), max: max.clone() });
    }
    let tempo = given(&config.tempo);
    let tempo = tempo.map(|text| beats(text).ok_or_else(|| OptionError::Tempo(text.clone()))).transpose()?;
    let year = given(&config.year);
    let years = year.map(|text| years(text).ok_or_else(|| OptionError::Year(text.clone()))).transpose()?;
    let mut genres = BTreeSet::new();
    for genre in &config.genre {
        let found = genre_keys(genre);
        if found.is_empty() {
            return Err(OptionError::Genre(genre.clone()));
        }
        genres.extend(found);
    }
    let exclude = Excluded::parse(&config.exclude)
        .map_err(|error| OptionError::Exclude { pattern: error.pattern, reason: error.reason })?;
    let number = |number: usize| Some(number).filter(|number| *number > 0);
    let limits = ListLimits { size: number(config.max_size), per_artist: number(config.max_per_artist) };
    let text = |number: Option<usize>| number.map_or(String::new(), |number| number.to_string());
    let given_values = [
        ("min_duration", min.clone()),
        ("max_duration", max.clone()),
        ("tempo", config.tempo.clone()),
        ("genre", genres.iter().cloned().collect::<Vec<_>>().join(",")),
        ("year", config.year.clone()),
        ("exclude", config.exclude.join("\n")),
        ("since", since.clone()),
        ("max_per_artist", text(limits.per_artist)),
        ("max_size", text(limits.size)),
        ("dedupe", if config.dedupe { "true" } else { "" }.to_owned()),
    ];
    Ok(Filters {
        filter: TrackFilter {
            shortest,
            longest,
            tempo,
            genres,
            years,
            since: given(since).map(moment).transpose()?,
        },
        exclude,
        dedupe: config.dedupe,
        limits,
        given: given_values.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::years;

    #[test]
    fn years_are_one_or_a_range() {
        for (text, expected) in [
            ("1994", Some([1994, 1994])),
            ("1990..1999", Some([1990, 1999])),
            (" 1990 .. 1999 ", Some([1990, 1999])),
            ("..1979", Some([0, 1979])),
            ("2000..", Some([2000, u16::MAX])),
            ("1999..1990", None),
            ("..", None),
            ("90s", None),
            ("1990-1999", None),
            ("-5", None),
        ] {
            assert_eq!(years(text), expected, "{text}");
        }
    }
}
