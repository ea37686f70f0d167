//! Which songs come into playlists: flags over the configuration, checked.

use std::collections::BTreeSet;

use crate::cli::ui::outcome::Usage;
use clap::Args;
use indexer::{
    app::Filters,
    config::ClusterConfig,
    library::Excluded,
    playlist::filter::{ListLimits, TrackFilter, genre_keys},
    time::{Moment, seconds},
};

/// Filters. None of them decodes anything; what they leave out stays in the store.
#[derive(Args, Default)]
#[command(next_help_heading = "Filters")]
pub struct Filtering {
    /// Only songs of at least this length: seconds, or as in 2m30s
    #[arg(long, value_name = "LENGTH")]
    min_duration: Option<String>,
    /// Only songs of at most this length
    #[arg(long, value_name = "LENGTH")]
    max_duration: Option<String>,
    /// Only songs whose tags name this genre, in any spelling; for several genres give it again
    #[arg(long, value_name = "GENRE")]
    genre: Vec<String>,
    /// Without the files that this gitignore pattern names, seen from their root; may be given again
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Only songs whose files were written since then (by their time of last change): 2026-01-31, or 30d for days ago
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Of each artist so many songs in a playlist, those nearest to its centre
    #[arg(long, value_name = "N")]
    max_per_artist: Option<usize>,
    /// So many songs in a playlist, those nearest to its centre
    #[arg(long, value_name = "N")]
    max_size: Option<usize>,
    /// Of recordings that are there several times, such as mp3 and flac, only one
    #[arg(long)]
    dedupe: bool,
}

impl Filtering {
    /// The filters in force.
    pub fn filters(&self, config: &ClusterConfig) -> Result<Filters, Usage> {
        let text = |flag: &Option<String>, key: &str| flag.clone().unwrap_or_else(|| key.to_owned());
        let list =
            |flag: &[String], key: &[String]| if flag.is_empty() { key.to_vec() } else { flag.to_vec() };
        let number = |flag: Option<usize>, key| Some(flag.unwrap_or(key)).filter(|number| *number > 0);
        let min = text(&self.min_duration, &config.min_duration);
        let max = text(&self.max_duration, &config.max_duration);
        let since = text(&self.since, &config.since);
        let (genres, exclude) = (list(&self.genre, &config.genre), list(&self.exclude, &config.exclude));
        let (shortest, longest) = (length("min-duration", &min)?, length("max-duration", &max)?);
        if let (Some(shortest), Some(longest)) = (shortest, longest)
            && shortest > longest
        {
            return Err(Usage(format!("--min-duration {min} is more than --max-duration {max}")));
        }
        let mut keys = BTreeSet::new();
        for genre in &genres {
            let found = genre_keys(genre);
            if found.is_empty() {
                return Err(Usage(format!("--genre {genre} names no genre")));
            }
            keys.extend(found);
        }
        let excluded = Excluded::parse(&exclude)
            .map_err(|error| Usage(format!("--exclude {}: {}", error.pattern, error.reason)))?;
        let limits = ListLimits {
            size: number(self.max_size, config.max_size),
            per_artist: number(self.max_per_artist, config.max_per_artist),
        };
        let dedupe = self.dedupe || config.dedupe;
        let said = [
            ("min_duration", min),
            ("max_duration", max),
            ("genre", keys.iter().cloned().collect::<Vec<_>>().join(",")),
            ("exclude", exclude.join("\n")),
            ("since", since.clone()),
            ("max_per_artist", limits.per_artist.map_or(String::new(), |most| most.to_string())),
            ("max_size", limits.size.map_or(String::new(), |most| most.to_string())),
            ("dedupe", if dedupe { "true" } else { "" }.to_owned()),
        ];
        Ok(Filters {
            filter: TrackFilter { shortest, longest, genres: keys, since: moment(&since)? },
            exclude: excluded,
            dedupe,
            limits,
            given: said.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        })
    }
}

fn length(flag: &str, text: &str) -> Result<Option<f64>, Usage> {
    if text.is_empty() {
        return Ok(None);
    }
    let refuse = || Usage(format!("--{flag} {text} is no length: give seconds, or as in 2m30s"));
    seconds(text).map(Some).ok_or_else(refuse)
}

fn moment(text: &str) -> Result<Option<Moment>, Usage> {
    if text.is_empty() {
        return Ok(None);
    }
    let refuse =
        || Usage(format!("--since {text} is no time: give a date as in 2026-01-31, or 30d for days ago"));
    Moment::parse(text, Moment::now()).map(Some).ok_or_else(refuse)
}
