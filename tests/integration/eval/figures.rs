//! Figures for people and programs, the page of curves, and a store that stays as it is.

use std::fs;

use serde_json::Value;

use crate::support::environment::{TestEnv, clips, snapshot};

fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env
}

#[test]
fn three_styles_are_found_and_nothing_is_written_into_the_store() {
    let env = home();
    let before = snapshot(&env.store());
    let found = env.json("eval -n 2..5");
    let after = snapshot(&env.store());
    let bytes = |files: &std::collections::BTreeMap<_, (Vec<u8>, _)>| {
        files
            .iter()
            .map(|(path, (bytes, _)): (&std::path::PathBuf, _)| (path.clone(), bytes.clone()))
            .collect::<Vec<_>>()
    };
    assert!(bytes(&before) == bytes(&after), "the store is as it was");
    assert_eq!((&found["songs"], &found["grouped"]), (&18.into(), &18.into()));
    assert_eq!(found["labels"], serde_json::json!({"file": null, "songs": 18, "labels": 3}));
    let [method] = found["methods"].as_array().unwrap().as_slice() else { panic!("{found}") };
    let rows = method["groupings"].as_array().unwrap();
    assert_eq!(rows.iter().map(|row| row["n"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 3, 4, 5]);
    for measure in ["nmi", "ari", "purity"] {
        assert!(rows[1][measure].as_f64().unwrap() > 0.999, "{measure}: {}", rows[1]);
    }
    assert_eq!(method["label_votes"]["share"], 1.0);
    assert_eq!(method["learned"], serde_json::json!([]), "there are too few artists");
    assert_eq!(found["recommended"]["method"], "mfcc");
    let again = env.json("eval -n 2..5");
    assert_eq!(again["methods"], found["methods"]);
}

#[test]
fn people_get_a_table_with_a_command_to_type() {
    let env = home();
    let output = env.run("eval --n 2..4");
    assert_eq!(output.status, 0, "{output:?}");
    for word in
        ["18 songs, by kmeans; 3 genres in the tags of 18 songs", "silhouette", "purity", "100.0 % ± 0.0"]
    {
        assert!(output.stdout.contains(word), "{word}: {}", output.stdout);
    }
    let command = output.stdout.lines().find_map(|line| line.trim().strip_prefix("indexer ")).unwrap();
    assert!(command.starts_with("cluster --method mfcc --n "), "{command}");
    assert_eq!(env.run(command).status, 0, "{command}");
}

#[test]
fn the_page_of_curves_is_replaced_and_a_file_of_the_users_is_not() {
    let env = home();
    for _ in 0..2 {
        let found = env.json("eval --n 2..4 --plot eval.html");
        assert!(found["plot"].as_str().unwrap().ends_with("eval.html"));
    }
    let page = fs::read_to_string(env.path("eval.html")).unwrap();
    assert!(page.matches("<svg").count() == 7 && page.contains("mfcc"), "{page}");
    fs::write(env.path("eval.html"), "mine").unwrap();
    assert_eq!(env.run("eval --n 2..4 --plot eval.html").status, 2);
    assert_eq!(fs::read(env.path("eval.html")).unwrap(), b"mine");
    assert_eq!(env.run("eval --n 2..4 --plot eval.html --force").status, 0);
}

#[test]
fn labels_of_a_file_are_found_by_their_paths_and_unknown_ones_are_counted() {
    let env = home();
    let lines = clips().into_iter().map(|clip| {
        let name = clip.file_name().unwrap().to_str().unwrap().to_owned();
        let label = if name.starts_with("ambient") { "calm" } else { "loud" };
        // From the folder of the list, from a folder of the library, and from the root.
        match name.len() % 3 {
            0 => format!("music/{name},{label}\n"),
            1 => format!("{name},{label}\n"),
            _ => format!("{},{label}\n", env.path("music").join(name).display()),
        }
    });
    let list = lines.collect::<String>();
    fs::write(env.path("labels.csv"), format!("path,label\n{list}")).unwrap();
    let found = env.json("eval --n 2..3 --labels labels.csv");
    assert_eq!((&found["labels"]["songs"], &found["labels"]["labels"]), (&18.into(), &2.into()));
    fs::write(env.path("labels.csv"), format!("{list}gone.mp3,calm\naway.mp3,loud\n")).unwrap();
    let output = env.run("eval --n 2..3 --labels labels.csv");
    assert_eq!(output.status, 0, "{output:?}");
    assert!(
        output
            .stderr
            .contains("2 of the 20 songs in labels.csv are not in the library, the first is gone.mp3"),
        "{output:?}"
    );
}

#[test]
fn a_setting_of_cluster_counts_here_too() {
    let env = home();
    fs::write(env.path("ward.toml"), "[cluster]\nalgorithm = \"ward\"\nexclude = [\"ambient*\"]\n").unwrap();
    let found: Value = env.json("eval --n 2 --config ward.toml");
    assert_eq!((&found["algorithm"], &found["songs"]), (&"ward".into(), &12.into()));
}
