//! Listens to a music folder and keeps playlists of songs that sound alike.
//!
//! An [`Index`] is the way in: it scans folders, follows them, groups what it has found, and answers questions about it.
//! The program on top adds flags, progress bars and exit codes, and nothing else.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//!
//! use indexer::{Config, Index, Quiet, ScanOptions};
//!
//! let folder = tempfile::tempdir()?;
//! let music = folder.path().join("Music");
//! std::fs::create_dir(&music)?;
//!
//! let config = Config { store: folder.path().join("store"), ..Config::default() };
//! let index = Index::open(&config);
//! let options = ScanOptions { paths: vec![music], method: "mfcc".into(), ..index.scan_options() };
//! let report = index.scan(&options)?.run(&Quiet, &AtomicBool::new(false))?;
//! assert_eq!((report.found, report.decoded), (0, 0));
//! assert_eq!(index.status()?.counts.tracks, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Map
//!
//! Five storeys. A module may use those below it, and none above it or beside it but where this says so.
//!
//! | storey | modules |
//! |---|---|
//! | the program | `main`, `cli`: flags, bars, tables, exit codes, the systemd service |
//! | what people ask for | `app`: `index` over `scan`, `cluster`, `eval`, `similar`, `path`, `map`, `exchange`, `embed`, `history`, `watch`, `compare`, `inference`, `status`, `roots`, `prune`, `backup`, `damage`, `progress`. `config`: the settings |
//! | siblings | `library` walks and watches folders, `audio` turns files into samples in worker processes, `extract` turns samples into vectors, with networks from `model`, `store` keeps them, `clustering` groups points, `layout` spreads them over a plane, `exchange` turns rows into tables of other programs' formats and back, `playlist` turns groups into files |
//! | vectors | `space`: what makes vectors comparable, and the points of one space |
//! | ground | `digest`, `track`, `file`, `cue`, `time`, `text`, `priority`, `machine`, `confinement`, `fs`, `dsp` |
//!
//! A scan goes through `app::scan`: it surveys the folders, plans (the plan is a pure function of what is found and what
//! is known), decodes in worker processes, and records. `app::cluster` reads one space, groups it, matches the groups with
//! the playlists of the last run, names them, writes the files, and keeps the run.
//!
//! # Invariants
//!
//! - No arrow goes up: a lower storey never knows a higher one. The library never prints; it reports to [`Progress`].
//! - No file of the user's is written, moved or removed: only playlists and outputs that this program wrote itself, and
//!   not even those once somebody else has changed them.
//! - Vectors of two spaces are never compared. A space is named by a fingerprint of all that shapes its vectors.
//! - A question never decodes: only [`Index::scan`], [`Index::watch`] and [`Index::compare_models`] open audio files, and
//!   [`Index::similar`] and [`Index::path`] those that are named and not in the library.
//! - Untrusted audio is decoded, and models are run, in worker processes with limits of memory and time, never in this one.
//! - Content, not its path, identifies a recording: renaming, moving and retagging decode nothing again.
//! - What is missing is forgotten by [`Index::prune`] only, and a folder that is unavailable loses nothing. The files of a
//!   folder are forgotten by [`Index::remove_root`], their recordings are not.
//! - Same tracks, same settings, same seed: same playlists.
//!
//! # Glossary
//!
//! | word | meaning |
//! |---|---|
//! | root | a folder of the library |
//! | track | a recording: one content, at any number of paths |
//! | content | what is heard in a file, identified by its hash ([`ContentId`]), whatever its tags and name |
//! | section | a song of an album that is one file: a part of the file, where a cue sheet says so; its path goes on below that of the file |
//! | stamp | size and times of a file, by which a change is noticed |
//! | missing | of a file: it was indexed, and is not where it was |
//! | unavailable | of a folder: it cannot be looked into now, so nothing below it changes |
//! | closed | of a folder: its owner says that it holds no music, by a file in it |
//! | discarded | of a folder: its name says that it is a recycle bin, a snapshot, or the system's own |
//! | absent | of a track of a playlist: it is at none of its paths now, and returns to the playlist when it does |
//! | scan, pass | one survey of the library, and the work that follows from it |
//! | worker | a process that decodes files for a scan, or runs models |
//! | method | what makes vectors: `mfcc`, or a model |
//! | model | a network that turns sound into a vector; it runs in an engine (ONNX Runtime, or tract, which is built in) |
//! | recipe | all that shapes the vectors of a method |
//! | space | the vectors of one recipe, comparable with each other and no others |
//! | coverage | the share of the library's tracks that a space holds |
//! | metric | by what distances points are compared: Euclid's, or those that tags have taught |
//! | algorithm | how points are grouped: `kmeans`, `gmm`, `ward`, `dbscan`, `hdbscan` |
//! | assignment | which group each song is in, as another program has found it |
//! | set | a family of playlists, each run of which continues the one before |
//! | run | one grouping of a set, kept with its playlists and named by a hash of its inputs |
//! | lineage | the runs of a set whose playlists have their ids in common; `--fresh` begins another |
//! | churn | how many songs came to a playlist, left it, and stayed |
//! | pin | the user's word that a playlist, or a song in it, stays |
//! | map | the library in the plane: each song near those that sound like it; kept, so that the next one goes on from it |
//! | landmark | of a large map: a song that is laid out, and among which others are placed |
//! | target | where playlists are written: a JSON file, a folder of playlist files |
//! | daemon | the process of `indexer watch`: the only one that writes to its store while it runs |

#[cfg(not(unix))]
compile_error!("indexer needs Linux: it names files by their bytes and keeps its workers within Unix limits");

mod app;
mod audio;
mod clustering;
mod config;
mod confinement;
mod cue;
mod digest;
mod dsp;
mod exchange;
mod extract;
mod file;
mod fs;
mod layout;
mod library;
mod machine;
mod model;
mod playlist;
mod priority;
mod space;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod time;
mod track;

// The index, what it is asked for, and what it answers.
pub use self::app::backup::Backup;
pub use self::app::cluster::export::{Export, Exported};
pub use self::app::cluster::learn_from::LearnFrom;
pub use self::app::cluster::request::{ClusterRequest, Explain, Filters, Regroup, Targets};
pub use self::app::cluster::summary::{ClusterSummary, GonePlaylist, PlaylistSummary, WhyPlaylist, WhySong};
pub use self::app::compare::{
    ComparedModel, Comparison, agreement::Agreement, agreement::COMPARED, agreement::Cosine,
    agreement::LEAST_SONGS,
};
#[cfg(feature = "parquet")]
pub use self::app::embed::{
    error::EmbedError,
    lists::{ListsRequest, ListsSummary},
    request::{EmbedRequest, EmbedSummary},
};
pub use self::app::eval::report::{
    EvalReport, GroupingScores, LabelSource, LearnedGain, MethodScores, Reason, Recommendation, Share,
};
pub use self::app::eval::request::{EvalError, EvalRequest};
pub use self::app::exchange::{
    error::TransferError,
    export::ExportRequest,
    report::{ExportSummary, ExportedFile, ForeignSpace, ImportSummary, ImportedSpace},
};
pub use self::app::history::contents::PlaylistContents;
pub use self::app::history::diff::{Difference, Fate, MoveCounts, Moved, PlaylistChange};
pub use self::app::history::forget::ForgottenSet;
pub use self::app::history::latest::SetStatus;
pub use self::app::history::playlists::{ChangedPlaylist, ListedPlaylist, PlaylistEdit, SetListing};
pub use self::app::history::runs::{RunLine, Runs};
pub use self::app::index::{
    Index, IndexStatus,
    compare::CompareOptions,
    models::{ModelFolder, ModelInfo, ModelState},
    scan::{Scan, ScanPlan},
};
pub use self::app::map::request::{MapRequest, MapStart, MapSummary};
pub use self::app::path::request::PathRequest;
pub use self::app::progress::{Event, Progress, Quiet};
pub use self::app::scan::plan::{Unavailable, Why};
pub use self::app::similar::request::{FoundSongs, SimilarRequest};
pub use self::app::status::{Pace, RootStatus, SpaceStatus, Status};
pub use self::app::watch::{request::WatchHost, requests::ScanOptions, state::Activity, state::DaemonState};
pub use self::app::{
    history::songs::SongLocation, inference::child::serve_models, prune::Prunable, roots::LibraryRoot,
    roots::RemovedRoot, scan::report::ScanReport, scan::worker::work,
};
pub use self::audio::decoding::Decoding;
pub use self::machine::reached_limit;
// Settings.
pub use self::config::{
    ClusterConfig, Config, ConfigError, DecoderConfig, LibraryConfig, ModelsConfig, ScanConfig, WatchConfig,
    WorkerConfig,
};
pub use self::model::{InferenceSettings, run::settings::EngineChoice, run::settings::Provider};
// Errors.
pub use self::app::backup::BackupError;
pub use self::app::cluster::request::{ClusterRunError, WhyInNone};
pub use self::app::compare::error::CompareError;
pub use self::app::index::error::{Error, ErrorKind, OptionError};
pub use self::app::map::request::MapError;
pub use self::app::similar::error::SimilarError;
pub use self::app::watch::{request::WatchError, requests::HandOverError};
pub use self::app::{history::error::HistoryError, scan::request::ScanError};
pub use self::model::{EngineError, FetchError, ImportError, InstalledError};
// What those are made of.
pub use self::clustering::{ALGORITHMS, algorithm::Algorithm, error::ClusterError};
pub use self::exchange::error::ExchangeError;
pub use self::exchange::format::{TABLE_FORMATS, TableFormat};
pub use self::layout::{LAYOUTS, task::MapLayout};
pub use self::model::fetch::{Download, FetchEvent};
pub use self::model::install::installed::RemovedModel;
pub use self::model::spec::{FrameCount, Whole, Window};
pub use self::model::{Engine, ModelSpec};
pub use self::playlist::format::{FORMATS, Format, location};
pub use self::playlist::order::{ORDERS, Order};
pub use self::playlist::{identity::Churn, names::Distinction, path_map::PathMap, song::Song};
pub use self::space::class::ClassKind;
pub use self::store::{
    compact::CompactedDatabase,
    playlists::records::{RunPlaylist, RunRecord},
    sieve::DatabaseCheck,
};
pub use self::track::{ContentId, Failure, FailureKind, FurtherTags, Numbering, TagDate, Tags};
pub use self::{
    file::FailureRecord, fs::user_folders, library::root::NotARoot, library::watch::WatchMode,
    priority::Priority, text::counted, text::one_line, time::Moment,
};
