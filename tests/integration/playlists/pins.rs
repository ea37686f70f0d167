//! Pinned playlists and pinned songs: what clustering leaves alone.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::support::{
    clustered::{cluster, home, playlist, rename},
    environment::{TestEnv, counts},
    recordings::tones,
    refusal::refuses,
};

fn ids(run: &Value) -> BTreeSet<u64> {
    run["playlists"].as_array().unwrap().iter().map(|list| list["id"].as_u64().unwrap()).collect()
}

/// Songs of a playlist that others lack, as words of a command line.
fn first_song(env: &TestEnv, id: u64) -> String {
    playlist(env, id).1.into_iter().next().unwrap()
}

#[test]
fn a_pinned_playlist_stays_as_it_is_and_counts_among_n() {
    let env = home();
    let before = playlist(&env, 1);
    let file = env.path("lists").join(format!("{}.m3u8", before.0));
    let bytes = fs::read(&file).unwrap();
    assert_eq!(env.json("playlists pin 1")["playlist"]["pinned"], true);
    tones(&env.path("music/new"), "tone", 0..12);
    env.json("scan music");
    for flags in ["--n 5", "--n 2", "--n 3 --seed 7", "--n 4 --preset report"] {
        let run = cluster(&env, flags);
        let n = flags.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!((ids(&run).len(), counts(&run, ["n", "tracks"])), (n, [n as u64, 30]), "{flags}");
        assert_eq!(playlist(&env, 1), before, "{flags}");
        let all: Vec<_> = ids(&run).into_iter().flat_map(|id| playlist(&env, id).1).collect();
        assert_eq!(
            (all.len(), all.iter().collect::<BTreeSet<_>>().len()),
            (30, 30),
            "every song is in one list"
        );
    }
    cluster(&env, "--n 3");
    assert_eq!(fs::read(&file).unwrap().len(), bytes.len());
    assert_eq!(env.json("playlists unpin 1")["playlist"]["pinned"], false);
    cluster(&env, "--n 1");
    assert_eq!(ids(&cluster(&env, "--n 1")).len(), 1);
}

#[test]
fn a_song_that_is_missing_is_left_out_of_a_pinned_playlist_until_it_is_back() {
    let env = home();
    env.json("playlists pin 0");
    let (before, song) = (playlist(&env, 0), first_song(&env, 0));
    let bytes = fs::read(&song).unwrap();
    fs::remove_file(&song).unwrap();
    env.json("scan music");
    for n in [3, 4, 2] {
        cluster(&env, &format!("--n {n}"));
        let mut songs = playlist(&env, 0).1;
        assert!(songs.insert(song.clone()), "it is left out");
        assert_eq!(songs, before.1);
    }
    fs::write(&song, bytes).unwrap();
    env.json("scan music");
    cluster(&env, "--n 4");
    assert_eq!(playlist(&env, 0), before);
}

#[test]
fn a_pinned_playlist_is_whole_whatever_part_of_the_library_is_clustered() {
    let env = home();
    tones(&env.path("music/part"), "tone", 0..5);
    env.json("scan music");
    env.json("playlists pin 0");
    let before = playlist(&env, 0);
    let run = cluster(&env, "--n 3 --set library --path music/part");
    assert_eq!((playlist(&env, 0), counts(&run, ["tracks"])), (before.clone(), [11]));
    for filter in ["--exclude *.mp3 --exclude *.flac", "--max-per-artist 1", "--max-duration 2", "--dedupe"] {
        cluster(&env, &format!("--n 2 {filter}"));
        assert_eq!(playlist(&env, 0), before, "{filter}");
    }
    cluster(&env, "--n 2");
    assert_eq!(playlist(&env, 0), before, "what filters left out of it is not added");
}

#[test]
fn a_song_can_be_let_go_from_a_pinned_playlist_or_moved_to_another() {
    let env = home();
    let songs: Vec<_> = playlist(&env, 0).1.into_iter().collect();
    env.json("playlists pin 0");
    env.json(&format!("playlists unpin 0 {}", songs[0]));
    assert_eq!(env.json(&format!("playlists pin 1 {}", songs[1]))["playlist"]["pinned"], false);
    let run = cluster(&env, "--n 3");
    assert_eq!(playlist(&env, 0).1.into_iter().collect::<Vec<_>>(), songs[2..]);
    assert!(playlist(&env, 1).1.contains(&songs[1]));
    let other =
        ids(&run).into_iter().filter(|id| *id != 0).any(|id| playlist(&env, id).1.contains(&songs[0]));
    assert!(other, "it is clustered again");
    refuses(
        &env,
        &format!("cluster --n 3 --output p.json --explain={}", songs[2]),
        1,
        "failed",
        "is pinned in",
    );
}

#[test]
fn a_pinned_playlist_of_a_restored_run_stays_as_it_was_then() {
    let env = home();
    let before = [0, 1, 2].map(|id| playlist(&env, id));
    let left = ids(&cluster(&env, "--n 2"));
    let grown = left.into_iter().find(|id| playlist(&env, *id) != before[*id as usize]).unwrap();
    env.json(&format!("playlists pin {grown}"));
    cluster(&env, "--n 4");
    assert_ne!(playlist(&env, grown), before[grown as usize]);
    let first = env.json("runs list")["runs"][2]["run"].as_str().unwrap().to_owned();
    for line in [format!("runs restore {first} --output p.json"), "cluster --n 6 --output p.json".to_owned()]
    {
        env.json(&line);
        assert_eq!(playlist(&env, grown), before[grown as usize], "{line}");
    }
}

#[test]
fn a_number_that_is_found_out_does_not_grow_with_pinned_playlists() {
    let env = home();
    env.json("playlists pin 0");
    let first = cluster(&env, "");
    let second = cluster(&env, "");
    assert_eq!(second["run"], first["run"]);
    assert_eq!(ids(&second), ids(&first));
}

#[test]
fn a_pinned_song_stays_where_it_was_put() {
    let env = home();
    let (song, own) = (first_song(&env, 1), playlist(&env, 1).1);
    assert_eq!(env.json(&format!("playlists pin 0 {song}"))["playlist"]["pinned_songs"], 1);
    for flags in ["--n 3", "--n 5", "--n 2", "--n 3 --seed 9"] {
        cluster(&env, flags);
        let songs = playlist(&env, 0).1;
        assert!(songs.contains(&song) && songs.len() > 1, "{flags}: {songs:?}");
    }
    // A song stays in one place: the last one that was said.
    env.json(&format!("playlists pin 0 {}", first_song(&env, 0)));
    let other = *ids(&cluster(&env, "--n 3")).iter().find(|id| **id != 0).unwrap();
    env.json(&format!("playlists pin {other} {song}"));
    cluster(&env, "--n 3");
    assert!(playlist(&env, other).1.contains(&song));
    env.json(&format!("playlists unpin {other} {song}"));
    env.json("playlists unpin 0");
    cluster(&env, "--n 3 --fresh");
    assert!((0..3).any(|id| playlist(&env, id).1 == own), "it is among its like again");
}

#[test]
fn a_song_that_cannot_be_compared_can_be_pinned() {
    let env = home();
    tones(&env.path("music"), "tone", 0..1);
    env.json("scan music --method none");
    let song = env.path("music/tone_0.wav");
    let spelled = env.path("music/../music/./tone_0.wav");
    std::os::unix::fs::symlink(env.path("music"), env.path("link")).unwrap();
    for path in [spelled.to_str().unwrap(), "link/tone_0.wav", "music/tone_0.wav"] {
        assert_eq!(env.json(&format!("playlists pin 2 {path}"))["playlist"]["pinned_songs"], 1, "{path}");
    }
    let run = cluster(&env, "--n 3");
    assert_eq!(counts(&run, ["tracks"]), [19]);
    assert!(playlist(&env, 2).1.contains(song.to_str().unwrap()));
    fs::remove_file(&song).unwrap();
    env.json("scan music --method none");
    assert_eq!(counts(&cluster(&env, "--n 3"), ["tracks"]), [18]);
}

#[test]
fn a_playlist_that_holds_a_pinned_song_goes_on() {
    let env = home();
    for id in [1, 2] {
        env.json(&format!("playlists pin {id} {}", first_song(&env, id)));
    }
    assert_eq!(ids(&cluster(&env, "--n 2")), BTreeSet::from([1, 2]));
    refuses(
        &env,
        "cluster --n 1 --output p.json",
        1,
        "failed",
        "choose at least 2, or `indexer playlists unpin`",
    );
}

#[test]
fn pins_that_leave_no_room_are_told_in_one_line() {
    let env = home();
    env.json("playlists pin 0");
    refuses(&env, "cluster --n 1 --output p.json", 1, "failed", "choose at least 2");
    refuses(
        &env,
        "cluster --n 14 --output p.json",
        1,
        "failed",
        "the other songs make no more than 12: choose at most 13",
    );
    cluster(&env, "--n 13");
}

#[test]
fn where_every_playlist_is_pinned_all_is_written_as_it_is() {
    let env = home();
    for id in 0..3 {
        env.json(&format!("playlists pin {id}"));
    }
    let before = [0, 1, 2].map(|id| playlist(&env, id).1);
    rename(&env, "1", "Night Drive");
    for flags in ["--n 3", "--n 2", "", "--explain", "--algorithm ward", "--algorithm hdbscan", "--rename"] {
        let run = cluster(&env, flags);
        assert_eq!(
            (counts(&run, ["n", "tracks"]), ids(&run)),
            ([3, 18], BTreeSet::from([0, 1, 2])),
            "{flags}"
        );
        assert_eq!([0, 1, 2].map(|id| playlist(&env, id).1), before, "{flags}");
    }
    assert_eq!(playlist(&env, 1).0, "Night Drive");
    assert!(env.path("lists/Night Drive.m3u8").exists());
    assert!(env.run("cluster").stderr.contains("every song is pinned"));
    tones(&env.path("music/new"), "tone", 0..1);
    env.json("scan music");
    assert_eq!(counts(&cluster(&env, "--n 4"), ["n", "tracks"]), [4, 19], "what is new is clustered again");
}

#[test]
fn playlists_of_songs_that_are_pinned_one_by_one_need_no_others() {
    let env = home();
    let lists = [0, 1, 2].map(|id| playlist(&env, id).1.into_iter().collect::<Vec<_>>());
    for (id, songs) in lists.iter().enumerate() {
        let pinned = if id == 0 { &songs[1..] } else { songs };
        env.json(&format!("playlists pin {id} {}", pinned.join(" ")));
    }
    for flags in ["--n 3", "", "--n 3 --preset report", "--n 3 --algorithm ward"] {
        let run = cluster(&env, flags);
        assert_eq!(
            (counts(&run, ["n", "tracks"]), ids(&run)),
            ([3, 18], BTreeSet::from([0, 1, 2])),
            "{flags}"
        );
        for (id, songs) in lists.iter().enumerate() {
            let now = playlist(&env, id as u64).1;
            assert!(songs[1..].iter().all(|song| now.contains(song)), "{flags}: {id}");
        }
    }
    refuses(&env, "cluster --n 2 --output p.json", 1, "failed", "choose at least 3");
    let word = "the other songs make no more than 1: choose at most 3";
    refuses(&env, "cluster --n 4 --output p.json", 1, "failed", word);
    env.json(&format!("playlists pin 0 {}", lists[0][0]));
    assert_eq!(counts(&cluster(&env, "--n 3"), ["n", "tracks"]), [3, 18]);
}

#[test]
fn a_pinned_playlist_is_renamed_by_its_user_only() {
    let env = home();
    env.json("playlists pin 0");
    rename(&env, "0", "Night Drive");
    env.json("playlists pin 1");
    let own = playlist(&env, 1).0;
    for flags in ["--n 5", "--n 3", "--n 4 --rename", "--n 3 --rename --preset report"] {
        cluster(&env, flags);
        assert_eq!([0, 1].map(|id| playlist(&env, id).0), ["Night Drive", &own], "{flags}");
        assert!(Path::new(&env.path("lists/Night Drive.m3u8")).exists());
    }
}

#[test]
fn a_song_that_was_missing_when_its_playlist_was_pinned_comes_back_to_it() {
    let env = home();
    let (before, song) = (playlist(&env, 0), first_song(&env, 0));
    let bytes = fs::read(&song).unwrap();
    fs::remove_file(&song).unwrap();
    env.json("scan music");
    cluster(&env, "--n 3");
    assert!(!playlist(&env, 0).1.contains(&song));
    env.json("playlists pin 0");
    fs::write(&song, bytes).unwrap();
    env.json("scan music");
    for flags in ["--n 3", "--n 5", "--n 2 --seed 7"] {
        cluster(&env, flags);
        assert_eq!(playlist(&env, 0), before, "{flags}");
    }
}

#[test]
fn what_a_filter_kept_out_of_a_playlist_stays_out_when_it_is_pinned() {
    let env = home();
    let own = playlist(&env, 0).1;
    for filter in ["--max-size 4", "--exclude *.mp3"] {
        cluster(&env, &format!("--n 3 {filter}"));
        let before = playlist(&env, 0);
        assert!(before.1.len() < own.len(), "{filter}");
        env.json("playlists pin 0");
        cluster(&env, "--n 3");
        assert_eq!(playlist(&env, 0), before, "{filter}");
        env.json("playlists unpin 0");
    }
}

#[test]
fn a_restored_run_throws_no_song_out_of_a_pinned_playlist() {
    let env = home();
    env.json("playlists pin 0");
    let (before, song) = (playlist(&env, 0), first_song(&env, 0));
    let bytes = fs::read(&song).unwrap();
    fs::remove_file(&song).unwrap();
    env.json("scan music");
    let run = cluster(&env, "--n 4")["run"].as_str().unwrap().to_owned();
    for is_back in [false, true] {
        if is_back {
            fs::write(&song, &bytes).unwrap();
            env.json("scan music");
        }
        for line in [format!("runs restore {run}"), "cluster --n 3".to_owned(), "cluster --n 5".to_owned()] {
            env.json(&format!("{line} --output p.json"));
            let mut songs = playlist(&env, 0).1;
            assert_eq!(songs.contains(&song), is_back, "{line}");
            songs.insert(song.clone());
            assert_eq!(songs, before.1, "{line}");
        }
    }
}

#[test]
fn a_song_that_is_not_pinned_here_is_not_let_go() {
    let env = home();
    let (here, there) = (first_song(&env, 0), first_song(&env, 1));
    let name = playlist(&env, 1).0;
    env.json(&format!("playlists pin 1 {there}"));
    refuses(&env, &format!("playlists unpin 0 {there}"), 2, "usage", &format!("is pinned in {name}, not in"));
    refuses(&env, &format!("playlists unpin 1 {there} {here}"), 2, "usage", "is not pinned in");
    env.json(&format!("playlists pin 0 {here}"));
    for (list, song) in [(0, here), (1, there)] {
        env.json(&format!("playlists unpin {list} {song}"));
    }
    let lists = env.json("playlists list")["sets"][0]["playlists"].clone();
    assert!(lists.as_array().unwrap().iter().all(|list| list["pinned_songs"] == 0), "{lists}");
}
