use super::*;
use crate::space::{ClassName, Score};

mod truth;

/// An invented track: the genres of its tags, the classes that a model recognised, its sound.
#[derive(Clone, Copy)]
struct InventedTrack<'a> {
    tags: &'a [&'a str],
    classes: &'a [(&'a str, f32)],
    sound: Option<(f64, f64)>,
}

const NOTHING: InventedTrack = InventedTrack { tags: &[], classes: &[], sound: None };
const WARM: Option<(f64, f64)> = Some((112.0, 2000.0));

fn tagged<'a>(tags: &'a [&'a str]) -> InventedTrack<'a> {
    InventedTrack { tags, ..NOTHING }
}

fn scored<'a>(classes: &'a [(&'a str, f32)]) -> InventedTrack<'a> {
    InventedTrack { classes, ..NOTHING }
}

/// The terms of clusters, each of tracks with how many there are of each, and the rows of the clusters.
fn library(clusters: &[&[(usize, InventedTrack)]], backwards: bool) -> (TermTable, Vec<Vec<usize>>) {
    let text = include_str!("../../../models/audioset_classes.txt");
    let list: Vec<_> = text.lines().map(|line| ClassName::parse(line).unwrap()).collect();
    let mut tracks = Vec::new();
    for (cluster, kinds) in clusters.iter().enumerate() {
        tracks.extend(kinds.iter().flat_map(|(count, track)| vec![(cluster, *track); *count]));
    }
    if backwards {
        tracks.reverse();
    }
    let (mut terms, mut rows) = (TermTable::default(), vec![vec![]; clusters.len()]);
    let models = [terms.classes(&list, [0.0, 0.2])];
    let mut scores = Vec::new();
    for (row, (cluster, track)) in tracks.into_iter().enumerate() {
        let class =
            |name: &str| list.iter().position(|class| class.name == name).unwrap_or_else(|| panic!("{name}"));
        let score = |(name, value): &(&str, f32)| Score { class: class(name) as u16, value: *value };
        scores.push(track.classes.iter().map(score).collect::<Vec<_>>());
        terms.add(track.tags.iter(), track.sound.map(|(tempo, brightness)| Sound { tempo, brightness }));
        rows[cluster].push(row);
    }
    terms.add_scores(&models, |_, row| Some(scores[row].as_slice()).filter(|scores| !scores.is_empty()));
    (terms, rows)
}

fn names(clusters: &[&[(usize, InventedTrack)]]) -> Vec<String> {
    names_of(clusters, false)
}

fn names_of(clusters: &[&[(usize, InventedTrack)]], backwards: bool) -> Vec<String> {
    let (terms, rows) = library(clusters, backwards);
    let statistics = TermStatistics::new(&terms, &rows);
    let mut names = UniqueNames::default();
    let found = |cluster| phrases(&statistics, cluster, &statistics.distinctions(cluster)).names;
    (0..rows.len()).map(|cluster| names.assign(&found(cluster))).collect()
}

/// How true a name of the first cluster is.
fn truth_of(name: &str, clusters: &[&[(usize, InventedTrack)]]) -> Truth {
    let (terms, rows) = library(clusters, false);
    super::truth(&TermStatistics::new(&terms, &rows), 0, name)
}

const ROCK: &[(&str, f32)] = &[
    ("Music", 0.8),
    ("Musical instrument", 0.3),
    ("Guitar", 0.25),
    ("Rock music", 0.3),
    ("Drum kit", 0.1),
    ("Electric guitar", 0.15),
];
const METAL: &[(&str, f32)] = &[
    ("Music", 0.8),
    ("Heavy metal", 0.35),
    ("Rock music", 0.2),
    ("Guitar", 0.2),
    ("Musical instrument", 0.2),
];
const TECHNO: &[(&str, f32)] =
    &[("Music", 0.7), ("Techno", 0.3), ("Electronic music", 0.4), ("Drum machine", 0.05)];
const JAZZ_PIANO: &[(&str, f32)] = &[
    ("Music", 0.7),
    ("Jazz", 0.25),
    ("Piano", 0.4),
    ("Musical instrument", 0.5),
    ("Keyboard (musical)", 0.3),
];
const PIANO: &[(&str, f32)] =
    &[("Music", 0.6), ("Piano", 0.6), ("Musical instrument", 0.5), ("Keyboard (musical)", 0.4)];
const BOOK: &[(&str, f32)] =
    &[("Speech", 0.8), ("Male speech, man speaking", 0.3), ("Inside, small room", 0.2)];

#[test]
fn genres_of_tags_alone_name_clusters() {
    let found = names(&[
        &[(30, tagged(&["Rock"])), (10, tagged(&["Pop"])), (5, NOTHING)],
        &[(20, tagged(&["hip-hop"])), (10, tagged(&["Hip Hop"]))],
        &[(10, tagged(&["(8)"])), (2, tagged(&["Rock"]))],
        &[(8, tagged(&["Techno"])), (8, tagged(&["House"])), (1, tagged(&["Rock"]))],
        &[(20, NOTHING), (1, tagged(&["Samba"]))],
    ]);
    assert_eq!(found, ["Rock", "Hip hop", "Jazz", "House and techno", "Mix"]);
}

#[test]
fn classes_alone_name_clusters_and_what_all_have_names_none() {
    let warm = |classes| InventedTrack { sound: WARM, ..scored(classes) };
    let found = names(&[
        &[(40, warm(ROCK))],
        &[(30, warm(METAL))],
        &[(20, warm(TECHNO))],
        &[(20, warm(JAZZ_PIANO))],
        &[(9, InventedTrack { sound: Some((70.0, 2000.0)), ..scored(PIANO) })],
        &[(5, warm(BOOK))],
    ]);
    assert_eq!(found, ["Rock, electric guitar", "Metal", "Techno", "Jazz, piano", "Slow piano", "Speech"]);
}

#[test]
fn tags_and_classes_speak_of_one_genre_together() {
    let found = names(&[
        &[
            (10, tagged(&["Heavy Metal"])),
            (10, scored(METAL)),
            (10, InventedTrack { tags: &["Metal"], ..scored(METAL) }),
        ],
        &[
            (10, tagged(&["Jazz"])),
            (10, scored(JAZZ_PIANO)),
            (10, InventedTrack { tags: &["Jazz"], ..scored(PIANO) }),
        ],
    ]);
    assert_eq!(found, ["Metal", "Jazz, piano"]);
}

#[test]
fn where_they_contradict_tags_decide() {
    let found = names(&[
        &[(10, InventedTrack { tags: &["Jazz"], classes: TECHNO, sound: WARM })],
        &[(10, InventedTrack { tags: &["Folk"], classes: ROCK, sound: WARM })],
    ]);
    assert!(found[0].starts_with("Jazz") && found[1].starts_with("Folk"), "{found:?}");
}

#[test]
fn what_all_share_names_none_and_the_sound_remains() {
    let alike = |sound| InventedTrack { tags: &["Jazz"], classes: JAZZ_PIANO, sound };
    let found = names(&[&[(10, alike(WARM))], &[(10, alike(Some((70.0, 900.0))))], &[(10, alike(WARM))]]);
    assert_eq!(found, ["Steady and warm", "Slow and deep", "Steady and warm, 112 BPM"]);
    assert_eq!(names(&[&[(10, alike(WARM))]]), ["Steady and warm"], "there is nothing to be set apart from");
    assert_eq!(names(&[&[(2, NOTHING)], &[(2, NOTHING)]]), ["Mix", "Mix 2"]);
}

#[test]
fn a_class_is_a_place_in_its_own_models_list() {
    let mut terms = TermTable::default();
    let lists = ["jazz\tgenre\nrain\tsound", "rock\tgenre\npiano\tinstrument\njazz\tgenre"];
    let lists =
        lists.map(|list| list.lines().map(|line| ClassName::parse(line).unwrap()).collect::<Vec<_>>());
    let models = lists.map(|list| terms.classes(&list, [0.1, 0.3]));
    (0..4).for_each(|_| terms.add(std::iter::empty::<&str>(), None));
    let scores = |scores: [&[(u16, f32)]; 4]| {
        scores.map(|row| row.iter().map(|&(class, value)| Score { class, value }).collect::<Vec<_>>())
    };
    // Class 0 of one model is jazz, and of the other rock; class 2 of the other is the jazz of the first.
    let scores = [
        scores([&[(0, 0.3)], &[(1, 0.4)], &[(0, 0.2)], &[]]),
        scores([&[(2, 0.25)], &[(0, 0.2), (1, 0.1)], &[], &[(2, 0.3)]]),
    ];
    terms.add_scores(&models, |model, row| {
        Some(scores[model][row].as_slice()).filter(|scores| !scores.is_empty() || row < 3)
    });
    let near = |row: usize, wanted: &[(&str, f32)]| {
        let words = terms.words_of(row);
        let is_near = |(a, b): (&(&str, f32), &(&str, f32))| a.0 == b.0 && (a.1 - b.1).abs() < 1e-6;
        assert!(words.len() == wanted.len() && words.iter().zip(wanted).all(is_near), "{words:?}");
    };
    // What both know is their mean, also where one hears nothing of it.
    near(0, &[("Jazz", 0.875)]);
    near(1, &[("Rain", 1.0), ("Rock", 0.5)]);
    near(2, &[("Jazz", 0.25)]);
    // A model that has not heard a track has no say.
    near(3, &[("Jazz", 1.0)]);
}

#[test]
fn a_model_that_hears_everything_alike_names_nothing() {
    let lines = include_str!("../../../models/audioset_classes.txt").lines();
    let list: Vec<&str> = lines.filter_map(|line| line.split('\t').next()).collect();
    let flat = |from: usize| (from..from + 32).map(|class| (list[class], 0.51)).collect::<Vec<_>>();
    let (a, b) = (flat(10), flat(200));
    let of = |classes| InventedTrack { sound: WARM, ..scored(classes) };
    assert_eq!(names(&[&[(5, of(&a))], &[(5, of(&b))]]), ["Steady and warm", "Steady and warm, 112 BPM"]);
}

#[test]
fn of_two_alike_the_second_says_more_then_its_tempo_then_a_number() {
    let techno = |sound| InventedTrack { sound, ..tagged(&["Techno"]) };
    let at = |tempo| Some((tempo, 2000.0));
    let drums: &[(&str, f32)] = &[("Drum machine", 0.3)];
    let found = names(&[
        &[(10, techno(at(112.0)))],
        &[(10, InventedTrack { classes: drums, ..techno(at(112.0)) }), (4, techno(at(112.0)))],
        &[(10, techno(at(130.0)))],
        &[(10, techno(at(130.2)))],
        &[(10, techno(at(126.0)))],
        &[(90, InventedTrack { classes: ROCK, sound: at(112.0), ..tagged(&["Rock"]) })],
    ]);
    let expected = [
        "Techno",
        "Techno, drum machine",
        "Techno, lively",
        "Techno, 130 BPM",
        "Techno, 126 BPM",
        "Rock, guitar",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_mood_is_an_adjective() {
    let sad: &[(&str, f32)] = &[("Music", 0.7), ("Sad music", 0.3)];
    let sad_piano: &[(&str, f32)] = &[("Piano", 0.1), ("Sad music", 0.3)];
    for (classes, name) in [(sad, "Sad music"), (sad_piano, "Sad piano")] {
        assert_eq!(names(&[&[(20, scored(classes))], &[(90, scored(ROCK))]])[0], name);
    }
}

#[test]
fn hostile_tags_make_one_clean_line_of_sane_length() {
    let long = "x".repeat(300);
    let hostile =
        ["../../x", "a\nb\r\u{1b}[2Jc", &long, "🎵🎵", "\u{202e}gniK\u{2066}", "CON", "\0", "(255)"];
    for tag in hostile {
        let tags = [tag];
        let found = names(&[&[(5, tagged(&tags))], &[(5, tagged(&["Rock"]))]]);
        let is_plain =
            |c: char| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c) && c != '\u{2066}';
        assert!(found[0].len() <= 100 && found[0].chars().all(is_plain), "{tag:?}: {found:?}");
        assert!(!found[0].is_empty() && !found[0].contains("..") && !found[0].contains('/'), "{found:?}");
    }
}

#[test]
fn the_order_of_tracks_and_spellings_does_not_matter() {
    let clusters: [&[(usize, InventedTrack)]; 3] = [
        &[(5, tagged(&["Dungeon Synth"])), (5, tagged(&["dungeon-synth"]))],
        &[(5, scored(JAZZ_PIANO)), (5, tagged(&["zydeco", "Jazz"]))],
        &[(5, InventedTrack { sound: WARM, ..scored(ROCK) })],
    ];
    assert_eq!(names_of(&clusters, false), names_of(&clusters, true));
    assert_eq!(names(&clusters)[0], "Dungeon synth");
}

#[test]
fn no_two_names_of_a_set_are_alike() {
    let mut names = UniqueNames::with_taken(["STEADY and warm", "my own"]);
    let candidates = |bpm: &str| ["Steady and warm".to_owned(), format!("Steady and warm, {bpm} BPM")];
    let given: Vec<_> = ["110", "113", "113", "109", "113"].map(|bpm| names.assign(&candidates(bpm))).into();
    assert_eq!(
        given,
        [
            "Steady and warm, 110 BPM",
            "Steady and warm, 113 BPM",
            "Steady and warm 2",
            "Steady and warm, 109 BPM",
            "Steady and warm 3"
        ]
    );
    assert_eq!([names.assign(&[]), names.assign(&[])], ["Mix", "Mix 2"]);
}
