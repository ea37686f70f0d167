//! What a set remembers: the names that the user gave, and its earlier runs, which can be compared and brought back.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::support::{
    clustered::{call, cluster, home, output, playlist, rename},
    environment::{TestEnv, counts, snapshot},
    refusal::refuses,
};

/// Names of the files in `lists`.
fn files(env: &TestEnv) -> BTreeSet<String> {
    let files = fs::read_dir(env.path("lists")).unwrap();
    files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn runs(env: &TestEnv) -> Vec<Value> {
    env.json("runs list")["runs"].as_array().unwrap().clone()
}

/// Bytes of everything that was published.
fn published(env: &TestEnv) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let lists = snapshot(&env.path("lists")).into_iter().map(|(path, (bytes, _))| (path, bytes));
    lists.chain([(env.path("p.json"), fs::read(env.path("p.json")).unwrap())]).collect()
}

#[test]
fn a_rename_moves_the_file_and_no_song() {
    let env = home();
    let (before, songs) = playlist(&env, 0);
    let (file, run) = (format!("{before}.m3u8"), output(&env)["run"].clone());
    let bytes = fs::read(env.path("lists").join(&file)).unwrap();
    let said = call(&env, "playlists rename 0", "Night Drive");
    assert_eq!((said.status, said.stderr.as_str()), (0, ""));
    let text = format!("{before} is called Night Drive now; its file is ~/lists/Night Drive.m3u8\n");
    assert_eq!(said.stdout, text);
    assert!(!files(&env).contains(&file) && files(&env).len() == 3, "{:?}", files(&env));
    let moved = fs::read(env.path("lists/Night Drive.m3u8")).unwrap();
    let without_name = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        text.lines().filter(|line| !line.starts_with("#PLAYLIST:")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without_name(&moved), without_name(&bytes));
    let listed = env.json("playlists list");
    let first = &listed["sets"][0]["playlists"][0];
    assert_eq!(first["name"], "Night Drive");
    assert_eq!(first["files"][0], env.path("lists/Night Drive.m3u8").to_str().unwrap());

    let before = snapshot(&env.path("lists"));
    cluster(&env, "--n 3");
    assert_eq!(snapshot(&env.path("lists")), before, "nothing is left for the next `cluster`");
    assert_eq!(playlist(&env, 0), ("Night Drive".to_owned(), songs));
    assert_eq!((output(&env)["run"].clone(), runs(&env).len()), (run, 1), "the run is the same");
    let listed = env.json("playlists list --set library");
    let moved = env.path("lists/Night Drive.m3u8");
    assert_eq!(listed["sets"][0]["playlists"][0]["files"], serde_json::json!([moved.to_str().unwrap()]));
}

#[test]
fn a_file_that_was_changed_stays_when_its_playlist_is_renamed() {
    let env = home();
    let theirs = env.path("lists").join(format!("{}.m3u8", playlist(&env, 0).0));
    fs::write(&theirs, "mine now").unwrap();
    let said = call(&env, "playlists rename 0", "Night Drive");
    assert_eq!((said.status, said.stderr.lines().count(), files(&env).len()), (0, 1, 3), "{said:?}");
    let left =
        "was changed by somebody else and stays: the next `indexer cluster` writes the renamed playlist";
    assert!(said.stderr.contains(left), "{said:?}");
    cluster(&env, "--n 3");
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "mine now");
    assert!(env.path("lists/Night Drive.m3u8").exists() && files(&env).len() == 4);
}

#[test]
fn a_rename_moves_every_format_in_every_folder_and_the_name_inside() {
    let env = home();
    let (before, _) = playlist(&env, 0);
    let formats = "--format m3u8,xspf,pls,json";
    cluster(&env, &format!("--n 3 {formats}"));
    env.json(&format!("cluster --n 3 --playlists copy {formats}"));
    let said = call(&env, "playlists rename 0", "A & <b>");
    assert_eq!((said.status, said.stderr.as_str()), (0, ""));
    assert_eq!(said.stdout, format!("{before} is called A & <b> now; 8 files moved\n"));
    let written = |env: &TestEnv| (snapshot(&env.path("lists")), snapshot(&env.path("copy")));
    let moved = written(&env);
    assert_eq!((moved.0.len(), moved.1.len()), (12, 12));
    let xspf = fs::read_to_string(env.path("copy/A & -b-.xspf")).unwrap();
    assert!(xspf.contains("<title>A &amp; &lt;b&gt;</title>"), "{xspf}");
    let json: Value = serde_json::from_slice(&fs::read(env.path("lists/A & -b-.json")).unwrap()).unwrap();
    assert_eq!(json["playlists"][0]["name"], "A & <b>");
    for folder in ["lists", "copy"] {
        env.json(&format!("cluster --n 3 --playlists {folder} {formats}"));
    }
    assert_eq!(written(&env), moved, "as `cluster` would have written them");
}

#[test]
fn a_rename_waits_for_a_folder_that_is_not_there() {
    let env = home();
    fs::rename(env.path("lists"), env.path("away")).unwrap();
    let said = call(&env, "playlists rename 0", "Night Drive");
    assert_eq!((said.status, said.stderr.lines().count()), (0, 1), "{said:?}");
    assert!(said.stderr.contains("lists is not there: the next `indexer cluster` writes the"), "{said:?}");
    fs::rename(env.path("away"), env.path("lists")).unwrap();
    cluster(&env, "--n 3");
    assert!(files(&env).contains("Night Drive.m3u8") && files(&env).len() == 3, "{:?}", files(&env));
}

#[test]
fn a_rename_takes_nobodys_file_for_its_own() {
    let env = home();
    fs::write(env.path("lists/Night Drive.m3u8"), "mine").unwrap();
    let said = call(&env, "playlists rename 0", "Night Drive");
    assert_eq!(said.status, 0);
    assert!(said.stderr.contains("Night Drive.m3u8 is taken: the playlist is in "), "{said:?}");
    assert_eq!(fs::read_to_string(env.path("lists/Night Drive.m3u8")).unwrap(), "mine");
    assert!(files(&env).contains("Night Drive (2).m3u8") && files(&env).len() == 4, "{:?}", files(&env));
    let others = |env: &TestEnv| [1, 2].map(|id| playlist(env, id).0 + ".m3u8");
    assert!(others(&env).iter().all(|file| files(&env).contains(file)));
}

#[test]
fn any_text_can_be_a_name() {
    let env = home();
    let long = "x".repeat(3000);
    for name in [
        "AC/DC",
        "../../up",
        "two\nlines\u{1b}[2J",
        "a\u{202e}b",
        "♫ ночь",
        "CON",
        ".hidden",
        "1",
        "%s \"' \\",
        &long,
    ] {
        rename(&env, "0", name);
        cluster(&env, "--n 3 --format m3u8,xspf");
        assert_eq!(playlist(&env, 0).0, name);
        assert_eq!(files(&env).len(), 6, "{name:?}: {:?}", files(&env));
        let listed = env.run("playlists list").stdout;
        assert_eq!(listed.lines().count(), 4, "{listed}");
        assert!(!listed.contains('\u{202e}'), "{listed}");
    }
    let around = fs::read_dir(env.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(
        !around.into_iter().any(|name| name.to_string_lossy().contains("up")),
        "nothing beside the folder"
    );
}

#[test]
fn a_rename_is_for_ever() {
    let env = home();
    rename(&env, "0", "Night Drive");
    for flags in ["--n 5", "--n 2", "--n 3 --seed 7", "--n 3 --preset report"] {
        let lists = cluster(&env, flags)["playlists"].as_array().unwrap().clone();
        let names = lists.iter().filter(|list| list["id"] == 0).map(|list| list["name"].as_str().unwrap());
        assert!(names.eq(["Night Drive"]), "{flags}: {lists:?}");
        let names: BTreeSet<_> =
            lists.iter().map(|list| list["name"].as_str().unwrap().to_lowercase()).collect();
        assert_eq!(names.len(), lists.len(), "no two are alike");
    }
    let restored = env.json(&format!("runs restore {}", runs(&env).last().unwrap()["run"].as_str().unwrap()));
    assert_eq!(restored["playlists"][0]["name"], "Night Drive", "the run was made before it had the name");
    assert_eq!(env.json("runs show latest")["playlists"][0]["name"], "Night Drive");
}

#[test]
fn fresh_forgets_names_and_pins_and_a_restored_run_has_them_again() {
    let env = home();
    let automatic = playlist(&env, 0).0;
    rename(&env, "0", "Night Drive");
    env.json("playlists pin 0");
    cluster(&env, "--n 3");
    cluster(&env, "--n 3 --fresh");
    assert_eq!(playlist(&env, 0).0, automatic);
    let pinned = |env: &TestEnv| env.json("playlists list")["sets"][0]["playlists"][0]["pinned"].clone();
    assert_eq!(pinned(&env), false);
    rename(&env, "0", "Other");
    env.json("runs restore previous --output p.json --playlists lists");
    assert_eq!((playlist(&env, 0).0.as_str(), pinned(&env)), ("Night Drive", true.into()));
    assert!(files(&env).contains("Night Drive.m3u8") && files(&env).len() == 3);
    cluster(&env, "--n 3");
    assert_eq!(playlist(&env, 0).0, "Night Drive");
    env.json("runs restore previous");
    assert_eq!(env.json("playlists list")["sets"][0]["playlists"][0]["name"], "Other");
}

#[test]
fn runs_with_equal_playlists_of_two_eras_are_two_runs() {
    let env = home();
    rename(&env, "0", "Night Drive");
    let first = cluster(&env, "--n 3")["run"].as_str().unwrap().to_owned();
    let fresh = cluster(&env, "--n 3 --fresh")["run"].as_str().unwrap().to_owned();
    assert_ne!(first, fresh, "equal songs, other names");
    assert_eq!(cluster(&env, "--n 3 --fresh")["run"], fresh.as_str(), "nothing has changed since");
    assert_eq!(cluster(&env, "--n 3")["run"], fresh.as_str());
    rename(&env, "0", "Other");
    for (run, name) in [(&first, "Night Drive"), (&fresh, "Other"), (&first, "Night Drive")] {
        assert_eq!(env.json(&format!("runs show {run}"))["playlists"][0]["name"], name);
        let restored = env.json(&format!("runs restore {run} --output p.json --playlists lists"));
        assert_eq!(
            (&restored["run"], &restored["playlists"][0]["name"]),
            (&run.as_str().into(), &name.into())
        );
    }
}

#[test]
fn a_playlist_is_told_by_its_id_or_its_name_and_a_set_only_where_it_must_be() {
    let env = home();
    let name = playlist(&env, 1).0;
    let output = call(&env, "playlists pin --json", &name.to_uppercase());
    assert_eq!((output.status, &output.json()["playlist"]["id"]), (0, &1.into()), "{output:?}");

    env.json("cluster --n 2 --set party --playlists party");
    let listed = env.json("playlists list");
    let sets: Vec<_> = listed["sets"].as_array().unwrap().iter().map(|set| set["set"].clone()).collect();
    assert_eq!(sets, ["library", "party"]);
    assert_eq!(env.json("playlists pin 0")["set"], "library", "as `cluster` would take it");
    assert_eq!(env.json("playlists pin 0 --set party")["set"], "party");
    fs::write(env.path("party.toml"), "[cluster]\nset = \"party\"\n").unwrap();
    assert_eq!(env.json("runs list --config party.toml")["set"], "party");
    assert_eq!(env.json("runs list --set library")["runs"].as_array().unwrap().len(), 1);

    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 2 --set party");
    assert_eq!(env.json("playlists pin 0")["set"], "party", "there is only one");
    env.json("cluster --n 2 --set work");
    refuses(&env, "playlists pin 0", 2, "usage", "--set with one of party, work");
}

#[test]
fn runs_are_listed_shown_and_compared() {
    let env = home();
    let first = cluster(&env, "--n 3")["run"].clone();
    let second = cluster(&env, "--n 4")["run"].clone();
    fs::remove_file(env.path("music/ambient_01.mp3")).unwrap();
    env.json("scan music");
    let third = cluster(&env, "--n 3")["run"].clone();
    let runs = runs(&env);
    assert_eq!(runs.iter().map(|run| run["run"].clone()).collect::<Vec<_>>(), [third, second.clone(), first]);
    assert_eq!(counts(&runs[1], ["n", "tracks", "added", "removed"]), [4, 18, 0, 0]);
    assert_eq!(counts(&runs[0], ["n", "tracks", "added", "removed"]), [3, 17, 0, 1]);
    assert_eq!((&runs[2]["moved"], &runs[2]["algorithm"]), (&Value::Null, &"kmeans".into()));
    assert!(runs[1]["moved"].as_u64().unwrap() > 0);

    let shown = env.json("runs show previous");
    assert_eq!((&shown["run"], shown["playlists"].as_array().unwrap().len()), (&second, 4));
    let missing: u64 =
        shown["playlists"].as_array().unwrap().iter().map(|list| counts(list, ["missing"])[0]).sum();
    assert_eq!(missing, 1);
    let songs = shown["playlists"][0]["songs"].as_array().unwrap();
    assert!(songs.iter().all(|song| Path::new(song.as_str().unwrap()).exists()), "{songs:?}");
    let settings = shown["settings"].as_str().unwrap();
    assert!(settings.starts_with("algorithm=kmeans n=4 seed=42 kmeans."), "{settings}");
    assert!(!settings.contains("ward") && settings.split(' ').all(|word| word.contains('=')), "{settings}");
    let text = env.run("runs show previous --songs").stdout;
    assert_eq!(text.matches("\n      ").count(), 17 + 1, "{text}");
    assert!(text.contains("and 1 song missing now"), "{text}");

    let diff = env.json("runs diff previous latest");
    assert_eq!(diff["moved"], runs[0]["moved"]);
    let lists = diff["playlists"].as_array().unwrap();
    assert_eq!(lists.iter().filter(|list| list["state"] == "gone").count(), 1, "{diff}");
    let gone = diff["songs"].as_array().unwrap().iter().find(|song| song["to"].is_null()).unwrap();
    assert!(gone["path"].as_str().unwrap().ends_with("/music/ambient_01.mp3"), "{gone}");
    let kept: u64 = lists.iter().map(|list| counts(list, ["kept"])[0]).sum();
    assert_eq!(kept + runs[0]["moved"].as_u64().unwrap(), 17);
    let to = &diff["gone"][0]["to"].as_array().unwrap()[0];
    let text = env.run("runs diff").stdout;
    let gone = lists.iter().find(|list| list["state"] == "gone").unwrap()["name"].as_str().unwrap();
    let row = text.lines().find(|line| line.starts_with(&format!("{gone} "))).unwrap();
    assert!(row.contains("gone: ") && row.contains(to["name"].as_str().unwrap()), "{row}");
    let left = text.lines().find(|line| line.contains("  − Nachtförde – Tide ")).unwrap();
    assert!(left.ends_with("  is in none now"), "{text}");
    let (came, moved) = (text.matches("\n  + ").count(), runs[0]["moved"].as_u64().unwrap() as usize);
    assert_eq!((came, text.matches("\n  − ").count()), (moved, moved + 1), "each at both ends: {text}");
    assert!(text.contains("  from ") && text.ends_with("0 came, 1 left\n"), "{text}");
}

#[test]
fn one_of_a_kind_is_told_as_one() {
    let env = home();
    let text = env.run("cluster --n 1 --since 2000-01-01").stdout;
    assert!(text.contains("18 tracks in 1 playlist, "), "{text}");
    let text = env.run("cluster --n 1 --exclude *_0[2-6].* --exclude ambient* --exclude electronic*").stdout;
    assert!(text.contains("\n1 track in 1 playlist, ") && text.contains("1 song "), "{text}");
}

#[test]
fn reasons_that_are_asked_for_are_told_in_silence_too() {
    let env = home();
    let text = env.run("cluster --n 3 --silent --explain").stdout;
    assert!(text.contains("typical") && !text.contains(" tracks in "), "{text}");
    assert_eq!(env.run("cluster --n 3 --silent").stdout, "");
}

#[test]
fn a_run_does_not_differ_from_itself() {
    let env = home();
    let text = env.run("runs diff latest latest").stdout;
    assert_eq!(text.matches("unchanged").count(), 3, "{text}");
    assert!(text.ends_with("0 songs moved, 0 came, 0 left\n"), "{text}");
}

#[test]
fn a_restored_run_is_on_the_disk_byte_by_byte_and_the_next_starts_from_it() {
    let env = home();
    let before = published(&env);
    let first = output(&env)["run"].as_str().unwrap().to_owned();
    cluster(&env, "--n 5");
    assert_ne!(published(&env), before);
    let restored = env.json("runs restore previous --playlists lists --output p.json");
    assert_eq!(restored["run"], first);
    assert_eq!(published(&env), before);
    assert_eq!(runs(&env).len(), 3, "history goes on, it is not cut");

    let again = cluster(&env, "--n 3");
    assert!(
        again["playlists"]
            .as_array()
            .unwrap()
            .iter()
            .all(|list| counts(list, ["added", "removed"]) == [0, 0])
    );
    assert_eq!((again["run"].as_str().unwrap(), runs(&env).len()), (first.as_str(), 3));
    let five = runs(&env)[1]["run"].as_str().unwrap()[..6].to_owned();
    assert_eq!(env.json(&format!("runs restore {five}"))["n"], 5);
    let next = cluster(&env, "--n 6");
    let ids = next["playlists"].as_array().unwrap().iter().map(|list| list["id"].as_u64().unwrap());
    assert_eq!(ids.max(), Some(5), "ids go on where they were");
}

#[test]
fn songs_that_are_missing_when_a_run_is_restored_return_to_where_they_were() {
    let env = home();
    let (lists, song) = ([0, 1, 2].map(|id| playlist(&env, id)), env.path("music/ambient_01.mp3"));
    cluster(&env, "--n 5");
    let bytes = fs::read(&song).unwrap();
    fs::remove_file(&song).unwrap();
    env.json("scan music");
    let restored = env.json("runs restore previous --playlists lists --output p.json");
    assert_eq!(restored["tracks"], 17);
    let without = |list: &(String, BTreeSet<String>)| {
        let songs = list.1.iter().filter(|path| Path::new(path) != song).cloned().collect();
        (list.0.clone(), songs)
    };
    assert_eq!([0, 1, 2].map(|id| playlist(&env, id)), lists.each_ref().map(without));
    fs::write(&song, bytes).unwrap();
    env.json("scan music");
    cluster(&env, "--n 3");
    assert_eq!([0, 1, 2].map(|id| playlist(&env, id)), lists);
}

#[test]
fn what_history_does_not_know_is_refused_in_one_line_and_changes_nothing() {
    let env = home();
    fs::write(env.path("theirs.json"), "{}").unwrap();
    let name = playlist(&env, 1).0.replace(' ', "_");
    rename(&env, "1", &name);
    let taken = format!("has a playlist `{name}` already: no two are called alike");
    let cases = [
        (format!("playlists rename 0 {}", name.to_uppercase()), 2, "usage", taken.as_str()),
        (format!("playlists rename 0 {name}\u{200b}"), 2, "usage", &taken),
        ("playlists rename 0 \u{200b}\u{202e}".to_owned(), 2, "usage", "a name that can be seen"),
        ("cluster --n 3 --set \u{feff}".to_owned(), 2, "usage", "is no name for a set"),
        ("cluster --n 3 --set a\u{1b}b".to_owned(), 2, "usage", "is no name for a set"),
        ("playlists rename nobody x".to_owned(), 2, "usage", "`nobody`"),
        ("playlists rename 3 x".to_owned(), 2, "usage", "`3`"),
        ("playlists pin 0 --set x".to_owned(), 2, "usage", "choose from library"),
        ("playlists list --set x".to_owned(), 2, "usage", "choose from library"),
        (
            "playlists pin 0 music/nowhere.mp3".to_owned(),
            1,
            "failed",
            "music/nowhere.mp3 is not in the library",
        ),
        ("playlists unpin 0 /".to_owned(), 1, "failed", "is not in the library"),
        ("runs list --set x".to_owned(), 2, "usage", "choose from library"),
        ("runs show nothing".to_owned(), 2, "usage", "`nothing`"),
        ("runs diff".to_owned(), 2, "usage", "`previous`"),
        ("runs restore previous".to_owned(), 2, "usage", "`previous`"),
        ("runs restore latest --format wma --playlists lists".to_owned(), 2, "usage", "choose from m3u8"),
        ("runs restore latest --output theirs.json".to_owned(), 1, "failed", "--force"),
    ];
    for (line, status, kind, word) in cases {
        refuses(&env, &line, status, kind, word);
    }
    for (line, last) in [
        ("playlists rename 0", " \n"),
        ("cluster --n 3 --set", ""),
        ("cluster --n 3 --set", " "),
        ("cluster --n 3 --set", "two\nlines"),
    ] {
        let blank = call(&env, line, last);
        assert_eq!((blank.status, blank.stderr.lines().count()), (2, 1), "{line} {last:?}: {blank:?}");
    }
    assert_eq!(env.json("playlists list")["sets"].as_array().unwrap().len(), 1);
}

#[test]
fn without_a_clustering_there_is_one_line() {
    let env = TestEnv::with_clips();
    for line in
        ["playlists list", "playlists rename 0 x", "playlists pin 0", "runs list", "runs restore latest"]
    {
        refuses(&env, line, 1, "store", "there is no store");
    }
    env.json("scan music");
    for line in
        ["playlists list", "playlists rename 0 x", "playlists pin 0", "runs list", "runs restore latest"]
    {
        refuses(&env, line, 1, "failed", "there are no playlists yet");
    }
}

#[test]
fn the_beginning_of_an_id_is_enough_if_it_is_of_one_run() {
    let env = home();
    for n in 2..=17 {
        cluster(&env, &format!("--n {n}"));
    }
    let ids: BTreeSet<_> = runs(&env).iter().map(|run| run["run"].as_str().unwrap().to_owned()).collect();
    for id in &ids {
        assert_eq!(env.json(&format!("runs show {}", id.to_uppercase()))["run"], *id);
    }
    // Seventeen runs begin with sixteen digits.
    let firsts: BTreeSet<_> = ids.iter().map(|id| &id[..1]).collect();
    let twice = firsts.into_iter().find(|first| ids.iter().filter(|id| id.starts_with(first)).count() > 1);
    refuses(&env, &format!("runs show {}", twice.unwrap()), 2, "usage", "give more of its digits");
}

#[test]
fn a_playlist_of_another_set_is_not_taken_for_none() {
    let env = home();
    env.json("cluster --n 3 --set one");
    env.json("cluster --n 3 --set two");
    for set in ["one", "two"] {
        let output = call(&env, &format!("playlists rename 0 --set {set}"), "Night Drive");
        assert_eq!(output.status, 0, "{output:?}");
    }
    let output = call(&env, "playlists pin", "night drive");
    assert_eq!((output.status, output.stderr.lines().count()), (2, 1), "{output:?}");
    assert!(output.stderr.contains("but there is one in one and in two: say which with --set"), "{output:?}");
    let output = call(&env, "playlists pin --set two", "night drive");
    assert_eq!(output.status, 0, "{output:?}");
    let output = call(&env, "playlists pin", "7");
    assert!(output.stderr.contains("is `7`: `indexer playlists list`"), "{output:?}");
}
