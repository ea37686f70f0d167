//! mpv, which plays the beginning of each song into nothing. It reads no XSPF and no JSON.

use super::*;

/// The songs whose sound mpv begins to play.
fn load(env: &TestEnv, file: &Path) -> Vec<PathBuf> {
    let mut command = env.command("mpv");
    command.args([
        "--no-config",
        "--no-video",
        "--ao=null",
        "--end=0.05",
        "--msg-level=all=error,cplayer=info",
    ]);
    let output = command.arg(file).output().expect("mpv is installed (Debian package mpv)");
    let text = String::from_utf8(output.stdout).unwrap();
    let (mut songs, mut opened) = (Vec::new(), None);
    for line in text.lines() {
        if let Some(path) = line.strip_prefix("Playing: ") {
            opened = Some(PathBuf::from(path));
        } else if line.contains("(+) Audio") {
            songs.extend(opened.take().and_then(|path| path.canonicalize().ok()));
        }
    }
    songs
}

#[test]
#[ignore = "needs mpv: the Debian package mpv"]
fn mpv_loads_every_song() {
    let mut table = Vec::new();
    for songs in [odd(), of_uris()] {
        let env = home(&songs);
        let places = &[&INSIDE, &ROOT, &OUTSIDE, &LINKED][..];
        let loaded = |file: &Path| load(&env, file);
        table.extend(rows("mpv", &env, (&["m3u8", "m3u", "pls"], places), &paths(&env, &songs), loaded));
    }
    assert_nothing_lost(&table);
}
