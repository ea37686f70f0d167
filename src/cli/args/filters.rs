//! Which songs come into playlists.

use clap::Args;
use indexer::ClusterConfig;

use super::overrule;

/// Filters. None of them decodes anything; what they leave out stays in the store.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Filters")]
pub(crate) struct SongFilterFlags {
    /// Only songs of at least this length: seconds, or a span such as 2m30s
    #[arg(long, value_name = "LENGTH")]
    min_duration: Option<String>,
    /// Only songs of at most this length
    #[arg(long, value_name = "LENGTH")]
    max_duration: Option<String>,
    /// Only songs of this tempo as it is measured, in beats per minute, such as 90..120, ..100 or 120..
    #[arg(long, value_name = "BPM")]
    tempo: Option<String>,
    /// Only songs whose tags name this genre, in any spelling; may be repeated
    #[arg(long, value_name = "GENRE")]
    genre: Option<Vec<String>>,
    /// Only songs whose tags name a year in this range, such as 1994, 1990..1999, ..1979 or 2000..
    #[arg(long, value_name = "YEARS")]
    year: Option<String>,
    /// Leave out files that match this gitignore pattern, relative to their root; may be repeated
    #[arg(long, value_name = "GLOB")]
    exclude: Option<Vec<String>>,
    /// Only songs whose files were modified since then: a date such as 2026-01-31, or 30d for 30 days ago
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
}

/// The same with what is left of finished playlists.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Filters")]
pub(crate) struct FilterFlags {
    #[command(flatten)]
    songs: SongFilterFlags,
    /// At most N songs of each artist in a playlist: those nearest to its centre
    #[arg(long, value_name = "N")]
    max_per_artist: Option<usize>,
    /// At most N songs in a playlist: those nearest to its centre
    #[arg(long, value_name = "N")]
    max_size: Option<usize>,
    /// Of recordings that exist several times, such as mp3 and flac, take only one
    #[arg(long)]
    dedupe: bool,
}

impl SongFilterFlags {
    pub(crate) fn overrule(self, config: &mut ClusterConfig) {
        overrule(&mut config.min_duration, self.min_duration);
        overrule(&mut config.max_duration, self.max_duration);
        overrule(&mut config.tempo, self.tempo);
        overrule(&mut config.genre, self.genre);
        overrule(&mut config.year, self.year);
        overrule(&mut config.exclude, self.exclude);
        overrule(&mut config.since, self.since);
    }
}

impl FilterFlags {
    pub(crate) fn overrule(self, config: &mut ClusterConfig) {
        self.songs.overrule(config);
        overrule(&mut config.max_per_artist, self.max_per_artist);
        overrule(&mut config.max_size, self.max_size);
        config.dedupe |= self.dedupe;
    }
}
