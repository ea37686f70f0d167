//! What reads bytes that others have written, as plain functions: none of them may panic, hang, or take much memory.

use std::io::{Cursor, Write};
use std::{fs, path::Path};

use crate::app::scan::protocol::{Analysis, Reply, Request, RequestedOutput};
use crate::app::watch::{DaemonState, ScanOptions};
use crate::model::ModelSpec;
use crate::model::convert::onnx::{Attribute, DimensionSize, Graph};
use crate::model::convert::seeded_bundle::{bundle, table};
use crate::model::convert::{
    checkpoint::Checkpoint, pickle, signature::Signature, tensor_bundle::TensorBundle,
};
use crate::playlist::format::{FORMATS, renamed};
use crate::track::{Extent, Failure, FailureKind};
use crate::{Config, audio, cue, store};

/// What a target reads as it should be, and the target: a function over bytes.
type Seeds = fn() -> Vec<Vec<u8>>;
type Target = fn(&[u8]);

/// All of them, by their names.
pub const FUZZ_TARGETS: &[(&str, Seeds, Target)] = &[
    ("checkpoint", || files(&["tests/golden/cnn14/*.pth"]), checkpoint),
    ("tensor_bundle", bundles, tensor_bundle),
    ("onnx", graphs, onnx),
    ("model_description", || files(&["models/*.toml"]), model_description),
    ("records", store::some_records, store::read_any_record),
    ("protocol", messages, protocol),
    ("requests", || files(&["tests/fuzz/seeds/*.json"]), requests),
    ("configuration", || files(&["config.example.toml"]), configuration),
    (
        "playlists",
        || files(&["tests/fuzz/seeds/*.m3u8", "tests/fuzz/seeds/*.pls", "tests/fuzz/seeds/*.xspf"]),
        playlists,
    ),
    ("cue_sheet", || files(&["tests/fuzz/seeds/*.cue"]), cue_sheet),
    ("tags", || files(&["tests/clips/odd/*", "tests/clips/tagged/*"]), tags),
];

/// The files of the repository that have such a name.
fn files(patterns: &[&str]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for pattern in patterns {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(pattern);
        let (folder, name) =
            (path.parent().expect("a folder"), path.file_name().expect("a name").to_string_lossy());
        let mut paths: Vec<_> =
            fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| {
            let end = name.trim_start_matches('*');
            path.is_file() && path.to_string_lossy().ends_with(end)
        });
        paths.sort();
        found.extend(paths.iter().map(|path| fs::read(path).expect("it can be read")));
    }
    assert!(!found.is_empty(), "no seeds in {patterns:?}");
    found
}

fn bundles() -> Vec<Vec<u8>> {
    let tensor =
        |name: &str, shape: &[usize]| (name.to_owned(), shape.to_vec(), vec![0.5; shape.iter().product()]);
    let (entries, _) = bundle(&[tensor("a/bias", &[3]), tensor("a/kernel", &[2, 3]), tensor("power", &[])]);
    vec![table(&entries, &mut |_| {})]
}

fn graphs() -> Vec<Vec<u8>> {
    let (mut graph, batch) = (Graph::default(), DimensionSize::Any("batch"));
    graph.input("logmel", &[batch, DimensionSize::Fixed(64)]);
    graph.weight("weight", &[64, 8], &[0.25; 512]).expect("it is in memory");
    graph.node("MatMul", &["logmel", "weight"], "embedding", &[("axes", Attribute::Numbers(&[1, 2]))]);
    graph.output("embedding", &[batch, DimensionSize::Fixed(8)]);
    vec![graph.finish("seed")]
}

fn messages() -> Vec<Vec<u8>> {
    let extent = Extent { start: 75, end: Some(750) };
    let requests = [
        Request::Identify(b"/music/song.flac".to_vec(), None),
        Request::Analyse(
            b"/music/song.flac".to_vec(),
            Some(extent),
            vec![RequestedOutput::Vector("mfcc".into())],
        ),
    ];
    let failure = Failure::of_content(FailureKind::Truncated, "the file breaks off");
    let analysis = vec![("mfcc".to_owned(), Ok(vec![1.0; 8])), ("cnn14".to_owned(), Err(failure.clone()))];
    let replies = [
        Reply::Progress(1.5),
        Reply::Failed(failure),
        Reply::Analysed(Analysis {
            vectors: analysis,
            seconds: 4.0,
            partial: Some("1.2 s are damaged".into()),
            decoder: "symphonia".into(),
        }),
    ];
    let encoded = requests.iter().map(postcard::to_stdvec).chain(replies.iter().map(postcard::to_stdvec));
    encoded.map(|message| message.expect("it has a known length")).collect()
}

/// Gives a file with these bytes to `read`.
fn in_file(bytes: &[u8], extension: &str, read: impl FnOnce(&Path)) {
    let file = tempfile::Builder::new().suffix(extension).tempfile();
    if let Ok(mut file) = file
        && file.write_all(bytes).is_ok()
    {
        read(file.path());
    }
}

fn checkpoint(bytes: &[u8]) {
    drop(pickle::inspect(&mut Cursor::new(bytes)));
    in_file(bytes, ".pth", |path| {
        let Ok(checkpoint) = Checkpoint::open(path) else { return };
        for key in checkpoint.keys().take(64) {
            let shape = checkpoint.shape(key).unwrap_or_default();
            if shape
                .iter()
                .try_fold(1_usize, |all, size| all.checked_mul(*size))
                .is_some_and(|all| all < 1 << 20)
            {
                drop(checkpoint.read(key, shape));
            }
        }
    });
}

fn tensor_bundle(bytes: &[u8]) {
    let Ok(bundle) = TensorBundle::open(bytes, bytes.to_vec()) else { return };
    for key in bundle.keys() {
        drop(bundle.read(key, &[4]));
    }
}

fn onnx(bytes: &[u8]) {
    let Ok(signature) = Signature::read(Cursor::new(bytes)) else { return };
    drop(signature.to_string());
    for name in ["cnn14", "clap", "musicnn"] {
        let spec = ModelSpec::built_in(name).expect("it is built in");
        drop((signature.fit(&spec), signature.inner(&spec)));
    }
}

fn model_description(bytes: &[u8]) {
    let Ok(spec) = ModelSpec::parse("mine", &String::from_utf8_lossy(bytes)) else { return };
    drop((
        spec.fingerprint(),
        spec.window_samples(),
        spec.window_hop(),
        spec.shortest_input(),
        spec.to_toml(),
    ));
}

fn protocol(bytes: &[u8]) {
    drop(postcard::from_bytes::<Request>(bytes));
    drop(postcard::from_bytes::<Reply>(bytes));
}

fn requests(bytes: &[u8]) {
    drop(serde_json::from_slice::<ScanOptions>(bytes));
    drop(serde_json::from_slice::<DaemonState>(bytes));
}

fn configuration(bytes: &[u8]) {
    in_file(bytes, ".toml", |path| drop(Config::load(Some(path))));
}

fn playlists(bytes: &[u8]) {
    for format in FORMATS {
        let written = renamed(format, bytes, 1, "Calm", "Warm");
        // Renaming back gives what was there, or what was already called so.
        drop(renamed(format, &written, 1, "Warm", "Calm"));
    }
}

fn cue_sheet(bytes: &[u8]) {
    drop(cue::parse(&cue::text::decode(bytes), None));
}

fn tags(bytes: &[u8]) {
    in_file(bytes, "", |path| drop(audio::tags_of(path)));
}
