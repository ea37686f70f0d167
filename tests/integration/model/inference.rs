//! A model listens to the library: vectors as PyTorch makes them, playlists as scikit-learn, and nothing from a run that
//! went wrong. The model is a miniature with the published one's graph.

use std::{collections::BTreeMap, fs};

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    environment::{Output, TestEnv, counts},
    miniature_model::{describe, heard, install, models},
    process::interrupted,
    recordings::{tones, wav},
};

const COUNTS: [&str; 4] = ["opened", "decoded", "failed", "failed_known"];

fn with_model() -> TestEnv {
    let env = TestEnv::with_clips();
    install(&env, "mini");
    env
}

fn golden() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/clip_clusters.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The golden's groups of clips, as a list of file names per group.
fn groups(labels: &Value) -> Vec<Vec<String>> {
    let names: Vec<String> = golden()["embeddings"].as_object().unwrap().keys().cloned().collect();
    let mut groups: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (name, label) in names.into_iter().zip(labels.as_array().unwrap()) {
        groups.entry(label.as_u64().unwrap()).or_default().push(name);
    }
    sorted(groups.into_values().collect())
}

/// The groups that a JSON file of playlists holds.
fn playlists(env: &TestEnv, file: &str) -> Vec<Vec<String>> {
    let json: Value = serde_json::from_str(&fs::read_to_string(env.path(file)).unwrap()).unwrap();
    let name = |song: &Value| song.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let songs = |list: &Value| list["songs"].as_array().unwrap().iter().map(name).collect();
    sorted(json["playlists"].as_array().unwrap().iter().map(songs).collect())
}

fn sorted(mut groups: Vec<Vec<String>>) -> Vec<Vec<String>> {
    groups.iter_mut().for_each(|group| group.sort());
    groups.sort();
    groups
}

#[test]
fn one_decode_fills_both_spaces_as_pytorch_would() {
    let env = with_model();
    let scan = env.json("scan music");
    assert_eq!(counts(&scan, COUNTS), [18, 18, 0, 0]);
    assert_eq!(scan["stored"], serde_json::json!({"mfcc": 18, "mini": 18}));
    let heard = heard(&env, "mini");
    for (name, golden) in golden()["embeddings"].as_object().unwrap() {
        let golden: Vec<f64> =
            golden.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect();
        let (found, scores) = &heard[name];
        let peak = golden.iter().fold(0.0, |peak: f64, value| peak.max(value.abs()));
        let (mut dot, mut lengths) = (0.0, (0.0, 0.0));
        for (&found, &golden) in found.iter().zip(&golden) {
            let found = f64::from(found);
            // Stored in 16 bits, resampled by another filter, and AAC by another decoder.
            assert!((found - golden).abs() < 5e-3 * peak, "{name}: {found} for {golden}");
            dot += found * golden;
            lengths = (lengths.0 + found * found, lengths.1 + golden * golden);
        }
        assert!(dot / (lengths.0 * lengths.1).sqrt() > 0.99999, "{name}");
        assert_eq!((found.len(), scores.len()), (32, 32));
        assert!(scores.is_sorted_by(|a, b| a.1 >= b.1) && scores[0].1 <= 1.0, "{scores:?}");
    }
    assert_eq!(counts(&env.json("scan"), COUNTS), [0; 4], "and that is all there is to do");
}

#[test]
fn its_playlists_are_those_of_scikit_learn() {
    let env = with_model();
    env.json("scan music --method mini");
    for (n, labels) in golden()["labels"].as_object().unwrap() {
        let line = format!("cluster --n {n} --method mini --set {n} --output {n}.json");
        let cluster = env.json(&line);
        assert_eq!((cluster["tracks"].as_u64(), cluster["coverage"].as_f64()), (Some(18), Some(1.0)));
        assert_eq!(playlists(&env, &format!("{n}.json")), groups(labels), "n = {n}");
        let (found, golden) =
            (cluster["inertia"].as_f64().unwrap(), golden()["inertia"][n].as_f64().unwrap());
        assert!((found / golden - 1.0).abs() < 5e-3, "n = {n}: inertia {found} for {golden}");
    }
}

#[test]
fn the_reports_second_version_groups_whole_tracks_by_raw_embeddings() {
    let env = TestEnv::with_clips();
    let refused = env.run("cluster --n 3 --method cnn14-whole --preset report");
    assert_eq!(refused.status, 1, "{refused:?}");
    assert!(refused.stderr.contains("cnn14 is not installed"), "{refused:?}");
    install(&env, "cnn14");
    let refused = env.run("run --path music --n 3 --method cnn14 --preset report");
    assert_eq!(refused.status, 2, "{refused:?}");
    assert!(refused.stderr.contains("use --method cnn14-whole"), "{refused:?}");
    for (n, labels) in golden()["whole_labels"].as_object().unwrap() {
        let line = "run --path music --method cnn14-whole --preset report --fresh --output lists.json";
        env.json(&format!("{line} --n {n}"));
        assert_eq!(playlists(&env, "lists.json"), groups(labels), "n = {n}");
    }
}

#[test]
fn a_model_that_comes_later_is_filled_in_without_naming_anything_again() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    install(&env, "mini");
    let scan = env.json("scan");
    assert_eq!(counts(&scan, COUNTS), [18, 18, 0, 0]);
    assert_eq!(scan["stored"], serde_json::json!({"mini": 18}));
    let status = env.json("status");
    let space = status["spaces"].as_array().unwrap().iter().find(|space| space["name"] == "mini").unwrap();
    assert_eq!((space["stored"].as_u64(), space["wanted"].as_u64()), (Some(18), Some(18)));
    assert!(space["rate"].as_f64().unwrap() > 0.0 && space["eta"].is_null(), "{space}");
    assert!(status["engine"].is_string() || status["engine"].is_object(), "{status}");
}

#[test]
fn a_model_that_runs_on_the_weights_of_another_is_filled_only_where_it_is_named() {
    let env = TestEnv::with_clips();
    install(&env, "cnn14");
    assert_eq!(env.json("scan music")["stored"], serde_json::json!({"cnn14": 18, "mfcc": 18}));
    assert_eq!(env.json("scan --method cnn14-whole")["stored"], serde_json::json!({"cnn14-whole": 18}));
}

#[test]
fn clusters_of_a_half_filled_space_say_how_partial_they_are() {
    let env = with_model();
    fs::create_dir(env.path("music/more")).unwrap();
    for clip in crate::support::environment::clips().iter().take(9) {
        let name = clip.file_name().unwrap();
        fs::rename(env.path("music").join(name), env.path("music/more").join(name)).unwrap();
    }
    env.json("scan music --method mfcc");
    env.json("scan music/more --method mini");
    let cluster = env.run("cluster --n 2 --method mini");
    assert!(
        cluster
            .stdout
            .contains("9 tracks (50 % of the library: run `indexer scan --method mini` for the rest)"),
        "{cluster:?}"
    );
    assert_eq!(env.json("cluster --n 2 --method mini")["coverage"], 0.5);
    let status = env.run("status").stdout;
    assert!(status.contains("9 of 18 songs (50 %)") && status.contains("left"), "{status}");
}

/// Clicks of −78 dBFS, whose RMS is below −80.
fn faint() -> Vec<i16> {
    (0..44_100).map(|n| if n % 50 == 0 { 4 } else { 0 }).collect()
}

#[test]
fn too_short_and_silent_tracks_are_final_for_one_recipe_of_one_space() {
    let env = TestEnv::new();
    install(&env, "mini");
    // 9 920 samples of 32 kHz are 6 835.5 of 22 050 Hz.
    let sound = |length: usize| (0..length).map(|n| ((n * n) % 8000) as i16 - 4000).collect::<Vec<_>>();
    let faint = faint();
    for (name, samples) in [("short", sound(6830)), ("enough", sound(6840)), ("faint", faint)] {
        fs::write(env.path(format!("music/{name}.wav")), wav(&samples)).unwrap();
    }
    let scan = env.run("scan music --method mini --json");
    assert_eq!(scan.status, 3, "{scan:?}");
    assert_eq!(scan.json()["stored"], serde_json::json!({"mini": 1}));
    let kinds = [("faint.wav", "silence"), ("short.wav", "too short")];
    assert_eq!(env.failures(), kinds.map(|(name, kind)| (name.to_owned(), kind.to_owned())).into());
    assert_eq!(counts(&env.json("scan --method mini"), COUNTS), [0, 0, 0, 2]);
    let status = env.json("status");
    let space = status["spaces"].as_array().unwrap().iter().find(|space| space["name"] == "mini").unwrap();
    assert_eq!((space["stored"].as_u64(), space["wanted"].as_u64()), (Some(1), Some(1)));

    describe(&env, "mini", "trim = true", "trim = false");
    let scan = env.run("scan --method mini --json").json();
    assert_eq!(
        scan["stored"],
        serde_json::json!({"mini": 2}),
        "what the first recipe refused is tried again"
    );
    assert_eq!(env.failures().into_keys().collect::<Vec<_>>(), ["short.wav"]);
    let scan = env.run("scan --method mfcc --json").json();
    assert_eq!(
        scan["stored"],
        serde_json::json!({"mfcc": 1}),
        "the faint one; the others are under a second"
    );
}

#[test]
fn a_changed_recipe_is_read_once_it_has_caught_up() {
    let env = with_model();
    env.json("scan music");
    let first = env.json("cluster --n 3 --method mini");
    describe(&env, "mini", "max_windows = 8", "max_windows = 4");
    let early = env.run("cluster --n 3 --method mini --json");
    let warning =
        "mini has changed, and 0 tracks have its new vectors: the earlier ones of 18 tracks are used";
    assert!(early.stderr.contains(warning), "{early:?}");
    assert_eq!(early.json()["run"], first["run"], "nothing has changed yet");
    assert_eq!(env.json("scan")["stored"], serde_json::json!({"mini": 18}));
    let late = env.run("cluster --n 3 --method mini --json");
    assert!(!late.stderr.contains("warning") && late.json()["coverage"] == 1.0, "{late:?}");
    assert_ne!(late.json()["run"], first["run"], "another space is another run");

    for clip in ["acoustic_01.mp3", "ambient_02.flac", "electronic_03.ogg"] {
        fs::remove_file(env.path("music").join(clip)).unwrap();
    }
    describe(&env, "mini", "max_windows = 4", "max_windows = 2");
    assert_eq!(env.json("scan")["stored"], serde_json::json!({"mini": 15}));
    let last = env.run("cluster --n 3 --method mini --json");
    assert!(!last.stderr.contains("warning"), "tracks that are gone are not waited for: {last:?}");
    assert_eq!(last.json()["tracks"], 15);
}

#[test]
fn what_a_space_refuses_is_refused_at_all_its_paths_and_healed_at_all() {
    let env = TestEnv::new();
    let faint = faint();
    for name in ["a", "b", "c"] {
        fs::write(env.path(format!("music/{name}.wav")), wav(&faint)).unwrap();
    }
    env.json("scan music");
    install(&env, "mini");
    assert_eq!(counts(&env.run("scan --json").json(), COUNTS), [1, 1, 1, 0]);
    assert_eq!(counts(&env.json("scan"), COUNTS), [0, 0, 0, 3]);
    fs::copy(env.path("music/a.wav"), env.path("music/d.wav")).unwrap();
    assert_eq!(counts(&env.json("scan"), COUNTS), [1, 0, 0, 4]);
    describe(&env, "mini", "trim = true", "trim = false");
    assert_eq!(env.json("scan")["stored"], serde_json::json!({"mini": 1}));
    assert!(env.failures().is_empty());
    let status = env.json("status");
    let spaces = status["spaces"].as_array().unwrap().iter().filter(|space| space["name"] == "mini");
    assert!(spaces.clone().all(|space| space["stored"].as_u64() <= space["wanted"].as_u64()), "{status}");
}

#[test]
fn an_installed_model_whose_description_is_not_valid_is_told_and_stops_nothing_else() {
    let env = with_model();
    describe(&env, "mini", "shortest = 9920", "shortest = 9919");
    let scan = env.run("scan music --json --silent");
    assert_eq!(scan.status, 1, "{scan:?}");
    let line = "`shortest` in mini.toml is too few samples for the 32 frames that CNN14 needs";
    assert!(scan.stderr.contains(line) && scan.stderr.lines().count() == 1, "{scan:?}");
    assert_eq!(scan.json()["stored"], serde_json::json!({"mfcc": 18}));
    assert!(scan.json()["broken"]["mini"].as_str().unwrap().contains(line));
}

#[test]
fn status_and_list_work_without_an_engine() {
    let env = with_model();
    env.json("scan music --method mfcc");
    for line in ["status", "model list"] {
        let output = Output::of({
            let mut command = env.indexer(&format!("{line} --json"));
            command
                .env("INDEXER_INFERENCE_ENGINE", "onnxruntime")
                .env("INDEXER_INFERENCE_RUNTIME", "/nowhere");
            command
        });
        assert_eq!(output.status, 0, "{output:?}");
        // Where the machine has one of its own, that is found.
        let engine = &output.json()["engine"];
        assert!(
            engine["name"].is_string() || engine["reason"].as_str().unwrap().contains("/nowhere"),
            "{engine}"
        );
    }
}

#[test]
fn no_engine_leaves_anything_in_the_users_folders() {
    let env = with_model();
    assert_eq!(env.json("scan music")["stored"]["mini"], 18);
    for folder in ["cache", "state", ".cache", ".local", ".config"] {
        assert!(!env.path(folder).exists(), "{folder}");
    }
}

#[test]
fn vectors_outlive_their_model() {
    let env = with_model();
    env.json("scan music");
    let lists = env.json("cluster --n 3 --method mini")["playlists"].clone();
    fs::remove_dir_all(models(&env)).unwrap();
    assert_eq!(env.json("cluster --n 3 --method mini")["playlists"][0]["name"], lists[0]["name"]);
    let scan = env.run("scan --method mini");
    assert_eq!(scan.status, 2, "{scan:?}");
    assert!(scan.stderr.contains("unknown method `mini`: choose from mfcc, musicnn, cnn14,"), "{scan:?}");
}

#[test]
fn without_the_model_the_line_says_how_it_is_got() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    for line in
        ["scan --method cnn14", "cluster --n 3 --method cnn14", "run --path music --n 3 --method cnn14"]
    {
        let refused = env.run(line);
        assert_eq!(refused.status, 1, "{line}: {refused:?}");
        let says = "`indexer model fetch cnn14` gets it (327 MB; CC BY 4.0";
        assert!(refused.stderr.contains(says) && refused.stderr.lines().count() == 1, "{line}: {refused:?}");
    }
}

#[test]
fn a_model_that_was_changed_after_import_stores_nothing_and_stops_nothing_else() {
    let env = with_model();
    let weights = models(&env).join("mini.onnx.data");
    let whole = fs::read(&weights).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [flipped, whole[..whole.len() - 1].to_vec()] {
        fs::write(&weights, bytes).unwrap();
        let scan = env.run("scan music --json");
        assert_eq!(scan.status, 1, "{scan:?}");
        assert!(
            scan.stderr.contains("was changed after it was installed: fetch or import mini again"),
            "{scan:?}"
        );
        assert_eq!(scan.json()["failed"], 0, "no file is to blame");
        assert!(heard(&env, "mini").is_empty());
    }
    assert_eq!(env.json("status")["spaces"][0]["stored"], 18, "mfcc is there");
    fs::write(&weights, whole).unwrap();
    assert_eq!(env.json("scan")["stored"], serde_json::json!({"mini": 18}));
}

#[test]
fn with_much_to_do_the_hand_made_vectors_come_first() {
    let env = TestEnv::new();
    install(&env, "mini");
    tones(&env.path("music"), "tone", 0..257);
    let scan = env.json("scan music");
    assert_eq!(counts(&scan, COUNTS), [514, 514, 0, 0], "two decodes a song");
    assert_eq!(scan["stored"], serde_json::json!({"mfcc": 257, "mini": 257}));
    assert_eq!(counts(&scan, ["found", "missing"]), [257, 0]);
}

#[test]
fn a_file_that_fails_in_both_passes_of_a_call_has_failed_once_and_not_before() {
    let env = TestEnv::new();
    install(&env, "mini");
    tones(&env.path("music"), "tone", 0..257);
    fs::write(env.path("music/short.wav"), wav(&[4000; 5000])).unwrap();
    fs::write(env.path("music/nonsense.mp3"), "no music").unwrap();
    let scan = env.run("scan music --json");
    assert_eq!(scan.status, 3, "{scan:?}");
    assert_eq!(counts(&scan.json(), ["found", "failed", "failed_known"]), [259, 2, 0]);
    assert_eq!(counts(&env.json("scan"), COUNTS), [0, 0, 0, 2]);
}

#[test]
fn a_scan_that_was_stopped_goes_on_where_it_was() {
    let env = TestEnv::new();
    install(&env, "mini");
    tones(&env.path("music"), "tone", 0..200);
    let first = interrupted(&env, "scan music --method mini --json --jobs 1", &[Signal::INT]);
    assert_eq!(first.status, 130, "{}", first.stdout);
    let kept = heard(&env, "mini");
    assert!((1..200).contains(&kept.len()), "it was stopped after {}", kept.len());
    assert_eq!(first.json()["stored"]["mini"], kept.len(), "what was heard is stored");
    assert_eq!(env.json("scan --method mini")["stored"]["mini"], 200 - kept.len());
    let all = heard(&env, "mini");
    assert!(kept.iter().all(|(name, heard)| all[name] == *heard));
}
