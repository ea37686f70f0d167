//! Files that change while they are scanned: no scan is confused for longer than until the next one.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use indexer::testing::OpenStore;

use crate::support::{
    environment::{TestEnv, counts},
    recordings::{Dice, tone},
    store_contents::{vectors, wrong},
};

const SONGS: usize = 40;
const SCANS: usize = 25;

/// The two recordings that take turns in a file.
fn versions(song: usize) -> [Vec<u8>; 2] {
    [2 * song, 2 * song + 1].map(|seed| tone(seed as u64, 1.1 + song as f32 / 100.0))
}

/// Changes files as long as it may: replaces, rewrites in place, cuts, renames, removes.
fn disturb(music: &Path, versions: &[[Vec<u8>; 2]], enough: &AtomicBool) {
    let mut dice = Dice(3);
    while !enough.load(Ordering::Relaxed) {
        let song = dice.below(SONGS);
        let (path, version) = (music.join(format!("{song}.wav")), &versions[song][dice.below(2)]);
        match dice.below(8) {
            0 => drop(fs::remove_file(&path)),
            1 => fs::write(&path, &version[..version.len() / 4]).unwrap(),
            2 => drop(fs::rename(&path, music.join(format!("{}.wav", dice.below(SONGS))))),
            3 => fs::write(&path, version).unwrap(),
            _ => {
                fs::write(music.join("new.part"), version).unwrap();
                fs::rename(music.join("new.part"), &path).unwrap();
            }
        }
    }
}

#[test]
fn no_recording_gets_the_vector_of_another_that_took_its_place() {
    let env = TestEnv::new();
    let versions: Vec<_> = (0..SONGS).map(versions).collect();
    // Every version, each in a file that stays: what is right.
    fs::create_dir(env.path("all")).unwrap();
    for (name, version) in versions.iter().flatten().enumerate() {
        fs::write(env.path(format!("all/{name}.wav")), version).unwrap();
    }
    env.json("scan all --store right");
    let truth = vectors(&OpenStore::open(&env.path("right")).unwrap().unwrap()).unwrap();
    assert_eq!(truth.len(), 2 * SONGS);

    let (music, enough) = (env.path("music"), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| disturb(&music, &versions, &enough));
        for _ in 0..SCANS {
            let scan = env.run("scan music --json --retry-failed");
            if !matches!(scan.status, 0 | 3) {
                enough.store(true, Ordering::Relaxed);
                panic!("{scan:?}");
            }
        }
        enough.store(true, Ordering::Relaxed);
    });

    for (song, version) in versions.iter().enumerate() {
        fs::write(music.join(format!("{song}.wav")), &version[0]).unwrap();
    }
    let settled = env.json("scan music");
    assert_eq!(counts(&settled, ["found", "failed", "failed_known"]), [SONGS as u64, 0, 0]);
    let found = vectors(&env.view()).unwrap();
    // Quarters are recordings too; only what is known can be compared.
    let known = found.into_iter().filter(|(content, _)| truth.contains_key(content)).collect();
    assert_eq!(wrong(&known, &truth), [""; 0]);
    assert_eq!(counts(&env.json("scan"), ["unchanged", "opened"]), [SONGS as u64, 0]);
    assert_eq!(env.json("cluster --n 3")["tracks"], SONGS);
}
