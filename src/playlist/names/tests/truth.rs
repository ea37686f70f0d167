//! Names stay as long as they are true, and no longer.

use super::*;

#[test]
fn every_name_that_we_make_is_read_again() {
    let warm = |classes| InventedTrack { sound: WARM, ..scored(classes) };
    let sad_piano: &[(&str, f32)] = &[("Piano", 0.1), ("Sad music", 0.3)];
    let sad: &[(&str, f32)] = &[("Music", 0.7), ("Sad music", 0.3)];
    let slow = InventedTrack { sound: Some((70.0, 2000.0)), ..scored(PIANO) };
    let techno = |sound| InventedTrack { sound, ..tagged(&["Techno"]) };
    type Case<'a> = (&'a str, &'a [(usize, InventedTrack<'a>)], Truth);
    let cases: &[Case] = &[
        ("Metal", &[(30, warm(METAL))], Truth::True),
        ("Rock, electric guitar", &[(40, warm(ROCK))], Truth::True),
        ("Jazz, piano", &[(40, warm(JAZZ_PIANO))], Truth::True),
        ("Slow piano", &[(9, slow)], Truth::True),
        ("Jazz, slow piano", &[(9, InventedTrack { tags: &["Jazz"], ..slow })], Truth::True),
        ("Sad music", &[(9, scored(sad))], Truth::True),
        ("Sad piano", &[(9, scored(sad_piano))], Truth::True),
        ("Drum and bass", &[(9, tagged(&["Drum & Bass"]))], Truth::True),
        ("Drum and bass and hip hop", &[(9, tagged(&["DnB"])), (9, tagged(&["Hip-Hop"]))], Truth::True),
        ("Techno and house", &[(9, tagged(&["Techno"])), (9, tagged(&["House"]))], Truth::True),
        ("House and techno 3", &[(9, tagged(&["Techno"])), (9, tagged(&["House"]))], Truth::True),
        ("Area 51", &[(9, tagged(&["Area 51"]))], Truth::True),
        ("Techno 2", &[(9, techno(WARM))], Truth::True),
        ("Techno, slow", &[(9, techno(Some((70.0, 900.0))))], Truth::True),
        ("Techno, 130 BPM", &[(9, techno(Some((133.0, 900.0))))], Truth::True),
        ("Techno, 130 BPM", &[(9, techno(Some((140.0, 900.0))))], Truth::Untrue),
        ("Video game music", &[(9, tagged(&["Video Game Music"]))], Truth::True),
        ("Steady and warm", &[(9, InventedTrack { sound: WARM, ..NOTHING })], Truth::Provisional),
        ("Steady and warm, 112 BPM", &[(9, InventedTrack { sound: WARM, ..NOTHING })], Truth::Provisional),
        ("Warm music", &[(9, InventedTrack { sound: WARM, ..NOTHING })], Truth::Provisional),
        ("Slow and warm", &[(9, InventedTrack { sound: WARM, ..NOTHING })], Truth::Untrue),
        ("Mix", &[(9, NOTHING)], Truth::Provisional),
        ("Mix 2", &[(9, NOTHING)], Truth::Provisional),
        ("Rooster", &[(9, scored(&[("Chicken, rooster", 0.9)]))], Truth::Untrue),
        ("Warm cupboard open or close", &[(9, warm(&[("Cupboard open or close", 0.9)]))], Truth::Untrue),
        ("Metal, clear", &[(9, tagged(&["Folk"]))], Truth::Untrue),
        ("", &[(9, tagged(&["Folk"]))], Truth::Untrue),
        ("and and and", &[(9, tagged(&["Folk"]))], Truth::Untrue),
    ];
    let others = (30, InventedTrack { sound: Some((150.0, 3000.0)), ..tagged(&["Polka"]) });
    for (name, first, expected) in cases {
        assert_eq!(truth_of(name, &[first, &[others]]), *expected, "{name}");
    }
}

#[test]
fn a_name_is_kept_on_less_than_it_takes_to_choose_it() {
    let metal = |here: usize, elsewhere: usize| -> (Truth, String) {
        let clusters: [&[_]; 2] = [
            &[(here, tagged(&["Metal"])), (100 - here, tagged(&["Polka"]))],
            &[(elsewhere, tagged(&["Metal"])), (100 - elsewhere, tagged(&["Folk"]))],
        ];
        (truth_of("Metal", &clusters), names(&clusters)[0].clone())
    };
    for (here, elsewhere, expected) in [
        (60, 0, Truth::True),
        // It would not be chosen now, but does not go either.
        (25, 5, Truth::True),
        (40, 30, Truth::True),
        // Less than one song in five, or no more than elsewhere.
        (19, 0, Truth::Untrue),
        (40, 40, Truth::Untrue),
        (40, 41, Truth::Untrue),
    ] {
        let (truth, name) = metal(here, elsewhere);
        assert_eq!(truth, expected, "{here} % here, {elsewhere} % elsewhere");
        assert!(truth == Truth::True || !name.contains("Metal"), "{here}, {elsewhere}: {name}");
    }
}

#[test]
fn few_described_songs_name_no_list() {
    let sounds = |tags| InventedTrack { sound: WARM, ..tagged(tags) };
    let other = (30, InventedTrack { sound: Some((150.0, 3000.0)), ..tagged(&["Polka"]) });
    for (described, name, truth) in [
        (11, "Steady and warm", Truth::Untrue),
        (40, "Steady and warm", Truth::True),
        (50, "Folk", Truth::True),
    ] {
        let clusters: [&[_]; 2] =
            [&[(described, sounds(&["Folk"])), (100 - described, sounds(&[]))], &[other]];
        assert_eq!(names(&clusters)[0], name, "{described} %");
        assert_eq!(truth_of("Folk", &clusters), truth, "{described} %");
    }
}

#[test]
fn a_weaker_true_term_beats_a_number() {
    let electronic = |sound| InventedTrack { sound, ..tagged(&["Electronic"]) };
    let (dark, bright) = (Some((112.0, 1500.0)), Some((112.0, 3000.0)));
    let found = names(&[
        &[(10, electronic(dark))],
        &[(6, electronic(bright)), (4, electronic(dark))],
        &[(10, electronic(dark))],
        &[(10, electronic(dark))],
        &[
            (20, InventedTrack { sound: dark, ..tagged(&["Polka"]) }),
            (20, InventedTrack { sound: bright, ..tagged(&["Polka"]) }),
        ],
    ]);
    assert_eq!(found[..2], ["Electronic", "Electronic, bright"], "{found:?}");
    // Nothing at all tells the last two apart.
    assert!(found[3].starts_with("Electronic") && found[2] != found[3], "{found:?}");
    let alike = names(&[&[(5, NOTHING)], &[(5, NOTHING)], &[(5, InventedTrack { sound: WARM, ..NOTHING })]]);
    assert_eq!(alike, ["Mix", "Mix 2", "Steady and warm"]);
}

#[test]
fn no_adjective_goes_with_what_has_no_tempo() {
    let slow = |classes| InventedTrack { sound: Some((70.0, 2000.0)), ..scored(classes) };
    let rock = (90, InventedTrack { sound: WARM, ..scored(ROCK) });
    let cases: [(&[(&str, f32)], &str); 4] = [
        (&[("Rain", 0.5)], "Rain"),
        (&[("Rain on surface", 0.5), ("Ambient music", 0.3)], "Ambient, rain"),
        (&[("Cupboard open or close", 0.9), ("Piano", 0.2)], "Slow piano"),
        (&[("A capella", 0.4), ("Church bell", 0.4)], "A cappella, church bells"),
    ];
    for (classes, name) in cases {
        assert_eq!(names(&[&[(20, slow(classes))], &[rock]])[0], name);
    }
}

/// Terms for many small libraries: a seeded generator of nothing but numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

const ALL_TAGS: [&[&str]; 9] = [
    &["Rock"],
    &["Drum & Bass"],
    &["Jazz", "Rock"],
    &["House"],
    &["Techno"],
    &["Hip-Hop/Rap"],
    &["Electronic"],
    &["Folk"],
    &[],
];
const ALL_CLASSES: [&[(&str, f32)]; 6] = [ROCK, METAL, TECHNO, JAZZ_PIANO, PIANO, &[]];

/// A song of one of four tastes; a quarter are of any.
fn any_song(dice: &mut Dice, taste: usize) -> InventedTrack<'static> {
    let taste = if dice.roll(4) == 0 { dice.roll(9) } else { 2 * taste + dice.roll(2) };
    let sound = (60.0 + dice.roll(90) as f64 + 4.0 * taste as f64, 800.0 + dice.roll(2500) as f64);
    InventedTrack {
        tags: ALL_TAGS[taste],
        classes: if dice.roll(3) == 0 { &[] } else { ALL_CLASSES[taste % 6] },
        sound: (dice.roll(10) > 0).then_some(sound),
    }
}

/// All terms of the names hold at least as often in their clusters as elsewhere.
fn assert_true(statistics: &TermStatistics, names: &[String], context: &str) {
    for (cluster, name) in names.iter().enumerate() {
        let readings = reading::readings(statistics.table, name);
        let is_no_rarer = |number: &usize| {
            let shares = statistics.shares(cluster, *number).unwrap();
            shares.elsewhere.is_none_or(|elsewhere| shares.here >= elsewhere)
        };
        let is_true = readings.iter().any(|reading| reading.terms.iter().all(is_no_rarer));
        assert!(is_true, "{context}: {name} of {names:?}");
        assert_ne!(
            crate::playlist::names::truth(statistics, cluster, name),
            Truth::Untrue,
            "{context}: {name} of {names:?}"
        );
    }
}

#[test]
fn no_term_of_a_name_is_rarer_in_its_list_than_elsewhere() {
    let (mut kept, mut renamed) = (0, 0);
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let n = 1 + dice.roll(7);
        let mut songs: Vec<Vec<(usize, InventedTrack)>> = (0..n)
            .map(|cluster| (0..4 + dice.roll(20)).map(|_| (1, any_song(&mut dice, cluster % 4))).collect())
            .collect();
        let mut names: Vec<Option<String>> = vec![None; n];
        for round in 0..4 {
            let clusters: Vec<&[_]> = songs.iter().map(Vec::as_slice).collect();
            let (terms, rows) = library(&clusters, false);
            let statistics = TermStatistics::new(&terms, &rows);
            let is_kept = |cluster: usize, name: &Option<String>| {
                let name = name.clone()?;
                (crate::playlist::names::truth(&statistics, cluster, &name) != Truth::Untrue).then_some(name)
            };
            let still: Vec<_> =
                names.iter().enumerate().map(|(cluster, name)| is_kept(cluster, name)).collect();
            let mut unique = UniqueNames::with_taken(still.iter().flatten().map(String::as_str));
            let found = |cluster| phrases(&statistics, cluster, &statistics.distinctions(cluster)).names;
            let now: Vec<_> = still
                .into_iter()
                .enumerate()
                .map(|(cluster, name)| name.unwrap_or_else(|| unique.assign(&found(cluster))))
                .collect();
            assert_true(&statistics, &now, &format!("seed {seed}, round {round}"));
            let (same, other) = names
                .iter()
                .zip(&now)
                .filter(|(before, _)| before.is_some())
                .partition::<Vec<_>, _>(|(before, now)| before.as_ref() == Some(now));
            (kept, renamed) = (kept + same.len(), renamed + other.len());
            names = now.into_iter().map(Some).collect();
            // A part of each list is exchanged, once for songs of another taste.
            for (cluster, songs) in songs.iter_mut().enumerate() {
                for song in songs.iter_mut() {
                    if dice.roll(6) == 0 {
                        song.1 = any_song(&mut dice, (cluster + round) % 4);
                    }
                }
            }
        }
    }
    assert!(kept > 3 * renamed && renamed > 20, "{kept} kept, {renamed} renamed");
}
