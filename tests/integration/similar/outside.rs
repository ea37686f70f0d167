//! Files that are not in the library are analysed, and leave nothing there.

use std::fs;

use super::{distances, home, names, style};
use crate::support::{
    environment::{TestEnv, clip, snapshot},
    miniature_model::install,
    recordings::tone,
};

#[test]
fn a_file_from_outside_is_compared_and_not_kept() {
    let env = TestEnv::with_clips();
    fs::rename(env.path("music/ambient_01.mp3"), env.path("new.mp3")).unwrap();
    env.json("scan music");
    let before = env.view().files().unwrap().len();
    let found = env.json("similar new.mp3 -n 5");
    assert!(names(&found).iter().all(|name| style(name) == "ambient"), "{found}");
    assert!(distances(&found).is_sorted() && distances(&found)[0] > 0.0);
    assert_eq!(found["seeds"][0]["artist"], "Nachtförde");
    assert_eq!(env.view().files().unwrap().len(), before);
    let journey = env.json("path new.mp3 music/acoustic_01.mp3 --steps 4");
    assert_eq!(names(&journey).first().unwrap(), "new.mp3");
}

#[test]
fn a_copy_of_a_song_of_the_library_is_that_song() {
    let env = home();
    fs::write(env.path("copy.flac"), clip("ambient_02.flac")).unwrap();
    let of = |line: &str| env.json(line)["songs"].clone();
    assert_eq!(of("similar copy.flac"), of("similar music/ambient_02.flac"));
}

#[test]
fn models_analyse_it_too() {
    let env = TestEnv::with_clips();
    install(&env, "mini");
    env.json("scan music --method all");
    fs::write(env.path("new.wav"), tone(3, 4.0)).unwrap();
    let before: Vec<_> = snapshot(&env.path("music")).into_keys().collect();
    for method in ["mini", "mfcc+mini"] {
        let found = env.json(&format!("similar new.wav music/ambient_01.mp3 -n 3 -m {method}"));
        assert_eq!((names(&found).len(), found["seeds"].as_array().unwrap().len()), (3, 2), "{found}");
    }
    assert_eq!(before, snapshot(&env.path("music")).into_keys().collect::<Vec<_>>());
}
