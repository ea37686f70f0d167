//! Every algorithm, and the number of playlists that nobody gave.

use indexer::testing::algorithms;
use serde_json::Value;

use crate::support::environment::{TestEnv, counts};

/// A library of 18 clips, three kinds of sound.
fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env
}

fn sizes(summary: &Value) -> Vec<u64> {
    summary["playlists"].as_array().unwrap().iter().map(|list| list["size"].as_u64().unwrap()).collect()
}

#[test]
fn every_algorithm_puts_each_track_into_one_playlist_or_none() {
    let env = home();
    for (name, _) in algorithms() {
        let line = format!("cluster --algorithm {name} --set {name}");
        let summary = env.json(&line);
        let [noise, n] = counts(&summary, ["noise", "n"]);
        assert_eq!(sizes(&summary).iter().sum::<u64>() + noise, 18, "{name}: {summary}");
        assert_eq!((sizes(&summary).len() as u64, &summary["algorithm"]), (n, &name.into()), "{summary}");
        let again = env.json(&line);
        assert_eq!(
            (&again["run"], sizes(&again)),
            (&summary["run"], sizes(&summary)),
            "{name} goes on as it was"
        );
        let said = env.run(&line).stdout.contains("in no playlist");
        assert_eq!(said, noise > 0, "{name} says how many are in no playlist");
    }
}

#[test]
fn what_is_like_no_others_is_told() {
    let mut env = home();
    env.set("INDEXER_CLUSTER_DBSCAN_TOLERANCE", "0.3");
    let summary = env.json("cluster --algorithm dbscan");
    let noise = summary["noise"].as_u64().unwrap();
    assert!(noise > 1 && noise < 18, "{summary}");
    let text = env.run("cluster --algorithm dbscan").stdout;
    assert!(text.contains(&format!("{noise} tracks are like no others and in no playlist")), "{text}");
}

#[test]
fn a_number_is_chosen_where_none_is_given_and_stays() {
    let env = home();
    let first = env.json("cluster");
    let tried: Vec<_> = first["n_curve"].as_array().unwrap().iter().map(|point| &point["n"]).collect();
    assert_eq!(tried, [2], "at least eight songs a playlist, in the mean");
    assert_eq!(first["n"], 2, "{first}");
    let curve = first["n_curve"].as_array().unwrap().iter();
    let best = curve.map(|point| point["silhouette"].as_f64().unwrap()).fold(-1.0, f64::max);
    assert!((first["silhouette"].as_f64().unwrap() - best).abs() < 0.1, "{first}");
    let again = env.run("cluster --n auto --debug --json");
    assert_eq!(again.json()["run"], first["run"]);
    assert!(again.stderr.contains("n = 2: silhouette 0."), "{}", again.stderr);
    let given = env.json("cluster --n 2");
    assert_eq!((&given["n"], given["n_curve"].as_array().unwrap().len()), (&2.into(), 0));
}

#[test]
fn a_number_in_the_configuration_is_not_meant_for_algorithms_that_find_it_out() {
    let mut env = home();
    env.set("INDEXER_CLUSTER_N", "4");
    assert_eq!(env.json("cluster")["n"], 4);
    assert_eq!(env.json("cluster --n auto")["n"], 4, "as many as there are");
    assert_eq!(env.json("cluster --n auto --regroup")["n"], 2);
    assert!(env.json("cluster --algorithm dbscan")["n"].as_u64().is_some());
    assert!(env.json("cluster --algorithm dbscan --n auto")["n"].as_u64().is_some());
}
