//! Who may know whom, and which foreign crates are whose.

/// A file or folder of `src/`.
pub(crate) struct Row {
    pub name: &'static str,
    /// What it may know; of rows in a folder, its siblings there, which its tests may know all.
    pub knows: &'static [&'static [&'static str]],
    /// The foreign crates it owns.
    pub owns: &'static [&'static str],
}

const fn row(
    name: &'static str,
    knows: &'static [&'static [&'static str]],
    owns: &'static [&'static str],
) -> Row {
    Row { name, knows, owns }
}

const GROUND: &[&str] =
    &["digest", "time", "text", "priority", "machine", "confinement", "fs", "track", "file", "cue", "dsp"];
const THIRD: &[&str] = &[
    "library",
    "audio",
    "model",
    "extract",
    "store",
    "exchange",
    "clustering",
    "layout",
    "playlist",
    "config",
];

/// What `app/index` puts together.
const ROOMS: &[&str] = &[
    "app/progress",
    "app/damage",
    "app/reduction",
    "app/places",
    "app/inference",
    "app/history",
    "app/status",
    "app/prune",
    "app/roots",
    "app/backup",
    "app/cluster",
    "app/eval",
    "app/similar",
    "app/path",
    "app/map",
    "app/exchange",
    "app/embed",
    "app/scan",
    "app/watch",
    "app/compare",
];

/// The storeys, from the ground up.
pub(crate) const ROWS: &[Row] = &[
    row("digest", &[], &["blake3"]),
    row("time", &[], &["jiff", "rustix"]),
    row("text", &[], &[]),
    row("priority", &[], &["rustix", "libc"]),
    row("machine", &[], &["rustix"]),
    row("confinement", &[], &["landlock", "seccompiler", "libc", "rustix"]),
    row("fs", &[&["digest", "time"]], &["rustix", "tempfile", "pathdiff"]),
    row("track", &[&["digest", "time", "text"]], &[]),
    row("file", &[&["digest", "time", "track"]], &[]),
    row("cue", &[&["track"]], &["chardetng", "encoding_rs"]),
    row("dsp", &[], &["realfft"]),
    row("space", &[GROUND], &["ndarray", "linfa_linalg", "rand_xoshiro"]),
    row(
        "library",
        &[GROUND, &["space"]],
        &["ignore", "globset", "ndarray", "notify", "crossbeam_channel", "rustix"],
    ),
    row(
        "audio",
        &[GROUND, &["space"]],
        &[
            "symphonia",
            "rusty_opus",
            "rubato",
            "audioadapter_buffers",
            "rustix",
            "libc",
            "signal_hook",
            "postcard",
            "lofty",
        ],
    ),
    row("model", &[GROUND, &["space", "audio"]], MODEL),
    row("extract", &[GROUND, &["space", "audio", "model"]], &["realfft", "ndarray", "linfa_linalg"]),
    row("store", &[GROUND, &["space"]], &["redb", "postcard", "tempfile", "half"]),
    row(
        "exchange",
        &[GROUND, &["space"]],
        &["arrow_array", "arrow_buffer", "arrow_schema", "csv_core", "parquet"],
    ),
    row("clustering", &[GROUND, &["space"]], CLUSTERING),
    row("layout", &[GROUND, &["space"]], &["ndarray"]),
    // lofty: only its table of the genres that ID3v1 numbers.
    row("playlist", &[GROUND, &["space"]], &["pathfinding", "tempfile", "ndarray", "lofty"]),
    row("config", &[GROUND, &["clustering", "extract", "model"]], &["toml", "strsim"]),
    row(
        "app",
        &[GROUND, &["space"], THIRD],
        &["crossbeam_channel", "ndarray", "tempfile", "flate2", "base64", "sha2"],
    ),
    row("app/index", &[ROOMS], &[]),
    row("app/progress", &[], &[]),
    row("app/damage", &[&["app/progress"]], &[]),
    row("app/reduction", &[], &[]),
    row("app/places", &[], &[]),
    row("app/inference", &[&["app/progress"]], &[]),
    row("app/history", &[&["app/progress", "app/damage", "app/places"]], &[]),
    row("app/status", &[&["app/progress", "app/watch", "app/reduction"]], &[]),
    row("app/prune", &[&["app/watch", "app/scan"]], &[]),
    row("app/roots", &[], &[]),
    row("app/backup", &[], &[]),
    row("app/cluster", &[&["app/progress", "app/damage", "app/reduction", "app/places", "app/history"]], &[]),
    row("app/eval", &[&["app/progress", "app/damage", "app/cluster"]], &[]),
    row("app/map", &[&["app/progress", "app/damage", "app/cluster", "app/history"]], &[]),
    row("app/embed", &[&["app/progress", "app/scan", "app/exchange"]], &[]),
    row("app/exchange", &[&["app/progress", "app/damage", "app/reduction"]], &[]),
    row("app/scan", &[&["app/progress", "app/damage", "app/reduction", "app/inference"]], &[]),
    row(
        "app/similar",
        &[&[
            "app/progress",
            "app/damage",
            "app/reduction",
            "app/places",
            "app/history",
            "app/cluster",
            "app/scan",
        ]],
        &[],
    ),
    row("app/path", &[&["app/progress", "app/cluster", "app/similar"]], &[]),
    row("app/compare", &[&["app/progress", "app/inference", "app/scan"]], &[]),
    row("app/watch", &[&["app/progress", "app/scan"]], &[]),
    row("testing", &[GROUND, &["space", "app"], THIRD], &["redb", "ndarray", "tempfile", "postcard"]),
    row("cli", &[GROUND, &["space", "app"], THIRD], CLI),
    row("lib", &[GROUND, &["space", "app"], THIRD], &[]),
    row("main", &[&["cli"]], &[]),
];

const MODEL: &[&str] = &[
    "ndarray",
    "ebur128",
    "pytorch_reader",
    "sha2",
    "zip",
    "tempfile",
    "toml",
    "toml_edit",
    "ort",
    "ort_tract",
    "tract_linalg",
    "libloading",
    "ureq",
    "prost",
];
const CLUSTERING: &[&str] =
    &["linfa", "linfa_clustering", "linfa_linalg", "hdbscan", "kodama", "rand", "rand_xoshiro", "ndarray"];
const CLI: &[&str] = &[
    "anstream",
    "anstyle",
    "clap",
    "clap_complete",
    "clap_mangen",
    "anyhow",
    "indicatif",
    "libc",
    "rustix",
    "signal_hook",
    "sd_notify",
    "tempfile",
    "tracing_subscriber",
    "toml",
    "strsim",
    "terminal_size",
    "unicode_width",
    "ndarray",
];

/// Crates without an owner.
pub(crate) const COMMON: &[&str] = &["serde", "serde_json", "thiserror", "tracing", "rayon"];
/// What any module's own tests may use besides.
pub(crate) const FOR_TESTS: &[&str] = &["tempfile", "ndarray", "rand_xoshiro", "quick_xml", "insta"];
