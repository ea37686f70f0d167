use std::path::PathBuf;

use ndarray::Array2;

use super::neighbours::LabelledSongs;
use super::report::{GroupingScores, LearnedGain, Reason, Share};
use super::*;
use crate::app::cluster::tests::{Warnings, compared_by, put_tagged, request as grouping};
use crate::app::progress::Quiet;
use crate::digest::Digest;
use crate::space::SpaceId;
use crate::track::Tags;

mod figures;

fn space(name: &str) -> SpaceId {
    SpaceId { name: name.into(), fingerprint: Digest([0; 32]) }
}

/// Songs of `artists` with five songs each. Genres are told by the first three columns of `good`, which three others hide; the
/// songs of an artist differ in those alone. `bad` holds noise.
fn store(artists: u32, tags: impl Fn(u32, u32) -> Tags) -> tempfile::TempDir {
    let store = tempfile::tempdir().unwrap();
    let noise =
        |n: u32, column: u8| f32::from(Digest::of(&[&n.to_le_bytes()[..], &[column]].concat()).0[0]) / 256.0;
    let good = |n: u32| {
        let genre = (n / 5 % 3) as usize;
        let mut row: Vec<f32> =
            (0..3).map(|at| f32::from(u8::from(at == genre)) + noise(n / 5, at as u8) * 0.5).collect();
        row.extend((0..3).map(|at| 4.0 * noise(n, 9 + at)));
        row
    };
    let bad = |n: u32| (0..4).map(|column| noise(n, 20 + column)).collect();
    for (name, vector) in [("bad", &bad as &dyn Fn(u32) -> Vec<f32>), ("good", &good)] {
        let songs = (0..5 * artists).map(|n| (n, vector(n), tags(n / 5, n / 5 % 3)));
        put_tagged(store.path(), &space(name), songs);
    }
    store
}

fn tags(artist: u32, genre: u32) -> Tags {
    let genre = ["Jazz", "Rock", "Techno"][genre as usize].to_owned();
    Tags {
        artist: format!("Artist {artist}"),
        album: format!("Album {artist}"),
        genres: vec![genre],
        ..Tags::default()
    }
}

fn request(n: Option<(usize, usize)>) -> EvalRequest {
    let methods = ["bad", "good"].map(|name| compared_by(space(name))).to_vec();
    EvalRequest { methods, filled_only: false, n, labels: None, grouping: grouping(None) }
}

fn run(store: &Path, request: &EvalRequest) -> Result<EvalReport, String> {
    eval(request, store, &Quiet).map_err(|error| error.to_string())
}

#[test]
fn the_method_that_hears_genres_is_recommended_and_artists_teach_it_more() {
    let store = store(60, tags);
    let report = run(store.path(), &request(None)).unwrap();
    assert_eq!((report.songs, report.grouped, report.artists, report.albums), (300, 300, 60, 60));
    let labels = report.labels.as_ref().unwrap();
    assert_eq!((labels.songs, labels.labels, &labels.file), (300, 3, &None));
    let [bad, good] = report.methods.as_slice() else { panic!("{report:?}") };
    assert!(bad.label_votes.unwrap().share < 0.5, "{bad:?}");
    assert!(good.label_votes.unwrap().share > bad.label_votes.unwrap().share + 0.1, "{good:?}");
    assert_eq!((report.recommended.method.as_str(), report.recommended.reason), ("good", Reason::Labels));
    assert_eq!(report.recommended.n, good.n);
    assert_eq!(good.groupings.iter().map(|row| row.n).collect::<Vec<_>>(), candidates(300));
    assert!(good.groupings.iter().all(|row| row.nmi.is_some() && row.stability.is_some()));
    let from: Vec<_> = good.learned.iter().map(|gain| gain.from).collect();
    assert_eq!(from, LearnFrom::ALL);
    for gain in &good.learned {
        assert!(gain.is_by_label && gain.is_certain() && gain.songs == 300, "{gain:?}");
    }
    assert!(report.recommended.learn_from.is_some());
    let again = run(store.path(), &request(None)).unwrap();
    assert_eq!(format!("{:?}", again.methods), format!("{:?}", report.methods), "equal calls, equal figures");
}

#[test]
fn the_recommended_number_is_that_of_cluster() {
    let store = store(60, tags);
    let report = run(store.path(), &request(None)).unwrap();
    for (name, method) in ["bad", "good"].iter().zip(&report.methods) {
        let request = crate::app::cluster::request::ClusterRequest {
            method: compared_by(space(name)),
            n: None,
            fresh: true,
            ..grouping(None)
        };
        let summary = crate::app::cluster::cluster(&request, store.path(), &Quiet).unwrap();
        assert_eq!(summary.n, method.n);
        let curve: Vec<_> = method.groupings.iter().map(|row| (row.n, row.silhouette.unwrap())).collect();
        assert_eq!(summary.n_curve, curve);
    }
}

#[test]
fn without_genres_the_songs_of_an_artist_are_what_should_be_near() {
    let store = store(30, |artist, _| Tags { artist: format!("Artist {artist}"), ..Tags::default() });
    let report = run(store.path(), &request(Some((3, 3)))).unwrap();
    assert_eq!(report.labels, None);
    let good = &report.methods[1];
    assert_eq!((good.label_votes, good.groupings.len(), good.groupings[0].nmi), (None, 1, None));
    assert!(good.artist_hits.unwrap().share > report.methods[0].artist_hits.unwrap().share);
    assert_eq!((report.recommended.reason, report.recommended.n), (Reason::Artists, 3));
    let [gain] = good.learned.as_slice() else { panic!("albums are not named: {good:?}") };
    assert!(gain.from == LearnFrom::Artist && !gain.is_by_label && gain.after > gain.before, "{gain:?}");
}

#[test]
fn nothing_is_learned_from_few_artists_and_without_any_the_stable_method_is_taken() {
    let store = store(19, |_, _| Tags::default());
    let report = run(store.path(), &request(Some((2, 4)))).unwrap();
    assert!(report.methods.iter().all(|method| method.learned.is_empty() && method.artist_hits.is_none()));
    assert_eq!(report.recommended.reason, Reason::Stability);
    let few = self::store(19, tags);
    let report = run(few.path(), &request(Some((2, 4)))).unwrap();
    assert!(report.artists == 19 && report.methods.iter().all(|method| method.learned.is_empty()));
}

#[test]
fn labels_of_a_file_count_instead_of_genres() {
    let store = store(20, tags);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("labels.csv");
    let lines = (0..100).map(|n| format!("/music/{n:05}.mp3,{}\n", if n % 2 == 0 { "even" } else { "odd" }));
    std::fs::write(&file, lines.collect::<String>() + "/music/none.mp3,odd\n").unwrap();
    let labelled = |file: &Path| EvalRequest { labels: Some(file.to_owned()), ..request(Some((3, 3))) };
    let report = run(store.path(), &labelled(&file)).unwrap();
    let source = report.labels.unwrap();
    assert_eq!((source.file, source.songs, source.labels), (Some(file.clone()), 100, 2));
    assert!(
        report.methods[1].groupings[0].nmi.unwrap() < 0.1,
        "the numbers of songs say nothing of their genres"
    );
    std::fs::write(&file, "a/b.mp3,x\n").unwrap();
    let error = run(store.path(), &labelled(&file)).unwrap_err();
    assert!(error.contains("name no song of the library: the first is a/b.mp3"), "{error}");
}

#[test]
fn what_cannot_be_measured_is_said_in_one_line() {
    let store = store(3, tags);
    let line = |request: &EvalRequest| run(store.path(), request).unwrap_err();
    assert!(line(&request(None)).contains("only 15 songs: 16 or more are needed"));
    assert!(line(&request(Some((2, 16)))).contains("choose at most 15"));
    let unknown = EvalRequest { methods: vec![compared_by(space("ugly"))], ..request(None) };
    assert_eq!(line(&unknown), "no track is indexed in ugly: run `indexer scan` first");
    let none = EvalRequest { filled_only: true, ..unknown };
    assert_eq!(line(&none), "no track is indexed by any method: run `indexer scan` first");
    let mut density = request(None);
    density.grouping.algorithm = crate::clustering::ALGORITHMS.iter().find(|row| !row.takes_n).unwrap();
    assert!(line(&density).contains("use --algorithm kmeans"));
    let missing = EvalRequest { labels: Some(PathBuf::from("/nowhere.csv")), ..request(Some((2, 2))) };
    assert!(line(&missing).contains("cannot read the labels /nowhere.csv"));
}

#[test]
fn what_each_method_would_warn_of_is_said_once() {
    let store = store(19, tags);
    let mut asked = request(Some((2, 3)));
    asked.grouping.learn_from = Some(LearnFrom::Artist);
    let warnings = Warnings::default();
    let report = eval(&asked, store.path(), &warnings).unwrap();
    let warnings = warnings.0.into_inner();
    assert!(warnings.len() == 1 && warnings[0].contains("only 19 artists have"), "{warnings:?}");
    assert_eq!(report.learn_from, None);
}

#[test]
fn a_method_that_few_songs_have_is_left_out_unless_it_is_named() {
    let store = store(20, tags);
    put_tagged(
        store.path(),
        &space("few"),
        (0..40).map(|n| (n, vec![n as f32, 1.0], tags(n / 5, n / 5 % 3))),
    );
    let methods = ["good", "few"].map(|name| compared_by(space(name))).to_vec();
    let named = EvalRequest { methods, ..request(Some((2, 3))) };
    let report = run(store.path(), &named).unwrap();
    assert_eq!((report.songs, report.methods.len()), (40, 2), "all are measured on the songs that all have");
    let report = run(store.path(), &EvalRequest { filled_only: true, ..named }).unwrap();
    assert_eq!((report.songs, report.methods.len()), (100, 1));
}

#[test]
fn an_own_metric_is_what_songs_are_grouped_by() {
    let store = store(60, tags);
    let mut asked = request(Some((3, 3)));
    let plain = run(store.path(), &asked).unwrap();
    asked.grouping.learn_from = Some(LearnFrom::Artist);
    let learned = run(store.path(), &asked).unwrap();
    assert_eq!((plain.learn_from, learned.learn_from), (None, Some(LearnFrom::Artist)));
    assert!(learned.methods[1].groupings[0].nmi > plain.methods[1].groupings[0].nmi);
    assert_eq!(
        learned.methods[1].label_votes, plain.methods[1].label_votes,
        "neighbours are asked without it"
    );
}

fn scored(method: &str, labels: Option<f64>, artists: Option<f64>, stability: f64) -> MethodScores {
    let share = |share: f64| Share { share, error: 0.01, songs: 100 };
    let row = GroupingScores {
        n: 4,
        silhouette: None,
        davies_bouldin: None,
        calinski_harabasz: None,
        stability: Some(stability),
        nmi: None,
        ari: None,
        purity: None,
    };
    MethodScores {
        method: method.to_owned(),
        coverage: 1.0,
        groupings: vec![row],
        n: 4,
        label_votes: labels.map(share),
        artist_hits: artists.map(share),
        learned: vec![],
    }
}

#[test]
fn a_method_is_chosen_by_labels_then_artists_then_stability() {
    let chosen = |methods: &[MethodScores]| {
        let found = recommend(methods, true);
        (found.method, found.reason)
    };
    let both = [scored("a", Some(0.5), Some(0.9), 0.9), scored("b", Some(0.6), Some(0.1), 0.1)];
    assert_eq!(chosen(&both), ("b".into(), Reason::Labels));
    let artists = [scored("a", None, Some(0.9), 0.1), scored("b", Some(0.6), Some(0.1), 0.9)];
    assert_eq!(chosen(&artists), ("a".into(), Reason::Artists));
    let neither = [scored("a", None, None, 0.5), scored("b", None, None, 0.5), scored("c", None, None, 0.4)];
    assert_eq!(chosen(&neither), ("a".into(), Reason::Stability));
    assert_eq!(chosen(&both[..1]), ("a".into(), Reason::Only));
    assert_eq!(recommend(&artists, false).reason, Reason::Stability, "a few artists tell little");
}

#[test]
fn a_gain_is_certain_from_two_standard_errors_on() {
    let gain = |before, after, error| LearnedGain {
        from: LearnFrom::Artist,
        before,
        after,
        error,
        songs: 100,
        is_by_label: true,
    };
    assert!(gain(0.5, 0.56, 0.02).is_certain());
    assert!(!gain(0.5, 0.53, 0.02).is_certain());
    assert!(!gain(0.56, 0.5, 0.02).is_certain());
    let mut one = scored("a", None, None, 0.5);
    one.learned = vec![gain(0.5, 0.56, 0.02), LearnedGain { from: LearnFrom::Album, ..gain(0.5, 0.6, 0.02) }];
    assert_eq!(recommend(&[one], true).learn_from, Some(LearnFrom::Album));
}

#[test]
fn values_without_songs_are_measured_as_nothing() {
    let values = Array2::zeros((0, 2));
    let nobody = LabelledSongs { values: &values, artists: &[], labels: &[] };
    assert_eq!(share(&nobody.label_votes(&nobody.labelled(9))), None);
    assert_eq!(share(&nobody.artist_hits(&nobody.with_siblings(9))), None);
}
