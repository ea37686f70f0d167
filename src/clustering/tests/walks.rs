//! What holds for every algorithm.

use std::collections::{HashMap, HashSet};

use super::*;

/// Groups of 30 points, far from each other.
fn far_apart(groups: usize) -> Vec<Vec<f32>> {
    let noise = |row: usize, column: usize| {
        f32::from(Digest::of(&[row.to_le_bytes(), column.to_le_bytes()].concat()).0[0]) / 256.0
    };
    let place = |row: usize, column: usize| ((row % groups) * (column + 3) % 11) as f32 * 10.0;
    let row = |row: usize| (0..20).map(|column| place(row, column) + noise(row, column)).collect();
    (0..30 * groups).map(row).collect()
}

#[test]
fn groups_far_apart_are_found_by_every_algorithm() {
    let narrow = far_apart(5);
    let wide: Vec<_> = narrow.iter().map(|row| row.iter().copied().cycle().take(20).collect()).collect();
    let group: HashMap<_, _> = (0..150).map(|row| (track(row), row % 5)).collect();
    let cases = [narrow, wide].into_iter().flat_map(|rows| {
        ALGORITHMS.iter().map(move |algorithm| (algorithm, points(rows.iter().cloned().enumerate())))
    });
    for (algorithm, points) in cases {
        let clustering = run(algorithm, &points, 5).unwrap();
        let together: HashSet<_> = clustering
            .labels
            .iter()
            .zip(points.contents())
            .map(|(label, track)| (*label, group[track]))
            .collect();
        let together: HashSet<_> = together.into_iter().filter(|(label, _)| label.is_some()).collect();
        assert_eq!((clustering.n(), together.len()), (5, 5), "{}", algorithm.name);
        assert!(clustering.noise() < 15, "{}: {}", algorithm.name, clustering.noise());
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let points = numbered(&many());
    for algorithm in ALGORITHMS {
        let points = if algorithm.takes_n { points.clone() } else { numbered(&many()[..3000]) };
        let results = [1, 2, 8].map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            bytes(&pool.install(|| run(algorithm, &points, 7)).unwrap())
        });
        assert!(results.iter().all(|result| *result == results[0]), "{}", algorithm.name);
    }
}

#[test]
fn the_order_of_insertion_changes_no_bit() {
    for (algorithm, set) in ALGORITHMS.iter().flat_map(|row| golden().into_iter().map(move |set| (row, set)))
    {
        let rows = || set.points.iter().cloned().enumerate();
        let forwards = run(algorithm, &points(rows()), set.n).map(|clustering| bytes(&clustering));
        let backwards = run(algorithm, &points(rows().rev()), set.n).map(|clustering| bytes(&clustering));
        assert_eq!(forwards, backwards, "{} {}", algorithm.name, set.name);
    }
}

#[test]
fn a_result_is_the_measure_of_its_labels() {
    for (algorithm, set) in ALGORITHMS.iter().flat_map(|row| golden().into_iter().map(move |set| (row, set)))
    {
        let what = format!("{} {}", algorithm.name, set.name);
        let points = numbered(&set.points);
        let Ok(clustering) = run(algorithm, &points, set.n) else {
            assert!(!algorithm.takes_n, "{what} is all noise");
            continue;
        };
        let members = clustering.members();
        assert!(members.is_sorted_by_key(|rows| (std::cmp::Reverse(rows.len()), rows[0])), "{what}");
        assert_eq!(members.concat().len() + clustering.noise(), points.len(), "{what}");
        let mut inertia = 0.0;
        for (rows, centroid) in members.iter().zip(clustering.centroids.rows()) {
            let values = points.values().select(ndarray::Axis(0), rows).mapv(f64::from);
            let mean = values.mean_axis(ndarray::Axis(0)).unwrap();
            assert!((&mean - &centroid.mapv(f64::from)).iter().all(|gap| gap.abs() < 1e-4), "{what}");
            for (value, &row) in values.rows().into_iter().zip(rows) {
                let square = (&value - &mean).mapv(|gap| gap * gap).sum();
                assert!((square.sqrt() - f64::from(clustering.distances[row])).abs() < 1e-4, "{what}");
                inertia += square;
            }
        }
        assert!((inertia - clustering.inertia).abs() <= 1e-9 * inertia, "{what}: {inertia}");
    }
}

/// Whatever there is to be clustered: an algorithm answers with as many clusters as it was told, or in one line.
#[test]
fn poor_input_is_clustered_or_refused_in_one_line() {
    let column = |n: usize, modulus: usize| -> Vec<Vec<f32>> {
        (0..n).map(|row| vec![1e3, (row % modulus) as f32, -0.25]).collect()
    };
    let wide = |n: usize| -> Vec<Vec<f32>> {
        (0..n).map(|row| (0..100).map(|column| (row * column % 7) as f32).collect()).collect()
    };
    let cases = [
        ("no track", vec![]),
        ("one track", vec![vec![1.0, 2.0]]),
        ("two tracks", vec![vec![1.0, 2.0], vec![3.0, -4.0]]),
        ("two equal tracks", vec![vec![1.0, 2.0]; 2]),
        ("one track of many columns", wide(1)),
        ("six tracks of many columns", wide(6)),
        ("equal tracks", vec![vec![0.1, -7e15, 3.0]; 50]),
        ("zeros", vec![vec![0.0; 80]; 300]),
        ("constant columns", column(60, 60)),
        ("a few places with many equal tracks", column(200, 4)),
    ];
    for (algorithm, (what, rows)) in
        ALGORITHMS.iter().flat_map(|row| cases.iter().map(move |case| (row, case)))
    {
        for n in [1, 2, 3, 40] {
            match run(algorithm, &numbered(rows), n) {
                Ok(clustering) => {
                    let sizes: Vec<_> = clustering.members().iter().map(Vec::len).collect();
                    assert!(!sizes.contains(&0), "{}, {what}: {sizes:?}", algorithm.name);
                    assert!(!algorithm.takes_n || sizes.len() == n, "{}, {what}: {sizes:?}", algorithm.name);
                    assert!(clustering.inertia.is_finite(), "{}, {what}", algorithm.name);
                }
                Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
            }
        }
    }
}

#[test]
fn fewer_tracks_than_a_dense_place_needs_are_all_noise() {
    let points = numbered(&[vec![1.0, 2.0], vec![3.0, -4.0]]);
    for algorithm in ALGORITHMS.iter().filter(|algorithm| !algorithm.takes_n) {
        let outcome = run(algorithm, &points, 0);
        assert!(matches!(outcome, Err(ClusterError::AllNoise { .. })), "{}: {outcome:?}", algorithm.name);
    }
}

#[test]
fn too_many_tracks_for_all_pairs_are_refused_by_who_needs_them() {
    let points = numbered(&many()[..30]);
    let settings = settings(
        r#"{"ward": {"max_tracks": 29}, "dbscan": {"max_tracks": 29}, "hdbscan": {"max_tracks": 29}}"#,
    );
    for algorithm in ALGORITHMS {
        let outcome = (algorithm.cluster)(&points, &fresh(2, 42, &settings));
        if ["kmeans", "gmm"].contains(&algorithm.name) {
            assert_eq!(outcome.unwrap().n(), 2, "{}", algorithm.name);
            continue;
        }
        let message = outcome.unwrap_err().to_string();
        let key = format!("cluster.{}.max_tracks", algorithm.name);
        assert!(message.contains("at most 29 tracks, not 30") && message.contains(&key), "{message}");
        assert_eq!(
            run(algorithm, &points, 2)
                .err()
                .filter(|error| matches!(error, ClusterError::TooManyTracks { .. })),
            None
        );
    }
}

#[test]
fn settings_that_make_no_sense_are_named() {
    let cases = [
        (r#"{"kmeans":{"starts":0}}"#, "cluster.kmeans.starts = 0: it must be at least 1"),
        (r#"{"kmeans":{"max_iterations":0}}"#, "cluster.kmeans.max_iterations = 0: it must be at least 1"),
        (r#"{"kmeans":{"tolerance":0.0}}"#, "cluster.kmeans.tolerance = 0: it must be a number above 0"),
        (r#"{"kmeans":{"tolerance":-1}}"#, "cluster.kmeans.tolerance = -1: it must be a number above 0"),
        (r#"{"gmm":{"components":0}}"#, "cluster.gmm.components = 0: it must be from 1 to 64"),
        (r#"{"gmm":{"components":65}}"#, "cluster.gmm.components = 65: it must be from 1 to 64"),
        (r#"{"gmm":{"max_iterations":0}}"#, "cluster.gmm.max_iterations = 0: it must be at least 1"),
        (r#"{"gmm":{"tolerance":0}}"#, "cluster.gmm.tolerance = 0: it must be a number above 0"),
        (r#"{"gmm":{"regularisation":0}}"#, "cluster.gmm.regularisation = 0: it must be from 1e-9 to 1"),
        (r#"{"gmm":{"regularisation":2}}"#, "cluster.gmm.regularisation = 2: it must be from 1e-9 to 1"),
        (r#"{"ward":{"max_tracks":0}}"#, "cluster.ward.max_tracks = 0: it must be at least 1"),
        (r#"{"dbscan":{"tolerance":-1}}"#, "cluster.dbscan.tolerance = -1: it must be 0 or a number above"),
        (r#"{"dbscan":{"min_points":1}}"#, "cluster.dbscan.min_points = 1: it must be at least 2"),
        (r#"{"dbscan":{"max_tracks":0}}"#, "cluster.dbscan.max_tracks = 0: it must be at least 1"),
        (
            r#"{"hdbscan":{"min_cluster_size":1}}"#,
            "cluster.hdbscan.min_cluster_size = 1: it must be 0 or at least 2",
        ),
        (r#"{"dbscan":{"components":0}}"#, "cluster.dbscan.components = 0: it must be from 1 to 64"),
        (r#"{"hdbscan":{"components":65}}"#, "cluster.hdbscan.components = 65: it must be from 1 to 64"),
        (r#"{"hdbscan":{"min_samples":0}}"#, "cluster.hdbscan.min_samples = 0: it must be at least 1"),
        (r#"{"hdbscan":{"max_tracks":0}}"#, "cluster.hdbscan.max_tracks = 0: it must be at least 1"),
    ];
    for (text, message) in cases {
        assert_eq!(settings(text).check().unwrap_err().to_string(), message);
    }
    for algorithm in ALGORITHMS {
        let text = format!(r#"{{"{}":{{"start":3}}}}"#, algorithm.name);
        assert!(serde_json::from_str::<AlgorithmSettings>(&text).is_err(), "{text}");
        let text = text.replace(r#""start":3"#, "");
        assert_eq!(settings(&text), AlgorithmSettings::default(), "{text} is its table");
    }
    assert_eq!(AlgorithmSettings::default().check(), Ok(()));
    for (table, key) in
        [("kmeans", "tolerance"), ("gmm", "tolerance"), ("gmm", "regularisation"), ("dbscan", "tolerance")]
    {
        let settings = AlgorithmSettings::default().with(table, key, Number::Real(f64::NAN));
        let message = settings.check().unwrap_err().to_string();
        assert!(message.starts_with(&format!("cluster.{table}.{key} = NaN")), "{message}");
    }
}

#[test]
fn every_algorithm_has_its_own_name_and_one_line() {
    let names: HashSet<&str> = ALGORITHMS.iter().map(|algorithm| algorithm.name).collect();
    assert_eq!(names.len(), ALGORITHMS.len());
    assert!(ALGORITHMS.iter().all(|algorithm| !algorithm.about.contains('\n')));
}

/// What `mod.rs` says in one line: an algorithm with a key of each kind, of which no other code knows.
#[test]
fn a_row_is_all_that_an_algorithm_needs() {
    #[derive(serde::Deserialize)]
    struct Halves {
        at: usize,
        weight: f64,
    }
    impl Clusterer for Halves {
        const NAME: &'static str = "halves";
        const ABOUT: &'static str = "two clusters";
        const TAKES_N: bool = false;
        const CONTINUATION: Continuation = Continuation::None;
        const DEFAULTS: &'static [(&'static str, Number)] =
            &[("at", Number::Count(2)), ("weight", Number::Real(0.5))];

        fn check(&self) -> Result<(), SettingsError> {
            SettingsError::unless(self.weight > 0.0, "halves.weight", self.weight, "above 0")
        }

        fn cluster(&self, points: &Points, _: &ClusteringTask) -> Result<Clustering, ClusterError> {
            let labels: Vec<_> = (0..points.len()).map(|row| Some(usize::from(row >= self.at))).collect();
            Ok(Clustering::of(points, &labels, 2))
        }
    }
    let row = Algorithm::of::<Halves>();
    let mut settings = AlgorithmSettings(Ordered(vec![(row.name, Ordered(row.defaults.to_vec()))]));
    let points = numbered(&far_apart(1)[..5]);
    let sizes = |settings: &AlgorithmSettings| {
        let clustering = (row.cluster)(&points, &fresh(0, 42, settings)).unwrap();
        clustering.members().iter().map(Vec::len).collect::<Vec<_>>()
    };
    assert_eq!(((row.check)(&settings), sizes(&settings)), (Ok(()), vec![3, 2]));
    let mut read = |json: &str| settings.0.deserialize(&mut serde_json::Deserializer::from_str(json));
    read(r#"{"halves": {"at": 1}}"#).unwrap();
    assert!(read(r#"{"halves": {"at": 0.5}}"#).is_err() && read(r#"{"halves": {"on": 1}}"#).is_err());
    assert_eq!(sizes(&settings), [4, 1]);
    assert_eq!(serde_json::to_string(&settings).unwrap(), r#"{"halves":{"at":1,"weight":0.5}}"#);
}
