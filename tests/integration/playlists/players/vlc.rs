//! VLC. In M3U and PLS it takes `#`, `?` and `%41` for parts of a URI, also in a path, where MPD, mpv and the kernel take
//! them as they are: such names load from XSPF. It reads no JSON.

use std::process::Command;

use super::*;

/// VLC refuses to run as root: `nobody` runs it then.
fn command(env: &TestEnv) -> Command {
    let arguments = ["-I", "dummy", "--no-video", "--sout=#dummy", "--play-and-exit", "-vv", "--no-color"];
    let mut command = if rustix::process::geteuid().is_root() {
        let mut command = env.command("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "vlc"]);
        command
    } else {
        env.command("vlc")
    };
    // The streams of players that find no home folder go to the temporary one.
    fs::create_dir_all(env.path("vlc")).unwrap();
    fs::set_permissions(env.path("vlc"), Permissions::from_mode(0o777)).unwrap();
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env(name, env.path("vlc"));
    }
    command.env("LC_ALL", "C.UTF-8").args(arguments);
    command
}

/// What VLC says while it plays a playlist.
fn played(env: &TestEnv, file: &Path) -> String {
    let mut command = env.command("timeout");
    let vlc = self::command(env);
    command.arg("60").arg(vlc.get_program()).args(vlc.get_args()).arg(file);
    command.envs(vlc.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "VLC is installed (Debian packages vlc-bin, vlc-plugin-base): {text}");
    text
}

/// The files that VLC opens for a playlist, besides itself.
fn load(env: &TestEnv, file: &Path) -> Vec<PathBuf> {
    let text = played(env, file);
    let opened =
        text.lines().filter_map(|line| line.split_once("' successfully opened")?.0.split_once("`file://"));
    let opened = opened.map(|(_, uri)| decoded(uri)).filter_map(|path| path.canonicalize().ok());
    let playlist = file.canonicalize().unwrap();
    opened.filter(|path| *path != playlist).collect()
}

fn decoded(uri: &str) -> PathBuf {
    let mut pieces = uri.split('%');
    let mut bytes: Vec<u8> = pieces.next().unwrap_or_default().into();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    OsStr::from_bytes(&bytes).into()
}

#[test]
#[ignore = "needs VLC: the Debian packages vlc-bin and vlc-plugin-base"]
fn vlc_begins_each_song_of_an_album_in_one_file_where_it_begins() {
    let env = home_with_album();
    for (format, files) in written(&env, &INSIDE, &["m3u8", "xspf"]) {
        let text: String = files.iter().map(|file| played(&env, file)).collect();
        let starts = text.lines().filter_map(|line| line.split_once("starting at time: "));
        let mut starts: Vec<_> = starts.map(|(_, time)| time.trim()).collect();
        starts.sort_unstable();
        assert_eq!(starts, ["2s", "4s"], "{format}");
    }
}

#[test]
#[ignore = "needs VLC: the Debian packages vlc-bin and vlc-plugin-base"]
fn vlc_loads_every_song() {
    let mut table = Vec::new();
    let places = &[&INSIDE, &ROOT, &OUTSIDE, &LINKED][..];
    for (songs, formats) in [
        (odd_in_plain_folder(), &["m3u8", "m3u", "pls", "xspf"][..]),
        (odd(), &["xspf"]),
        (of_uris(), &["xspf"]),
        (not_utf8(), &["xspf"]),
    ] {
        let env = home(&songs);
        let loaded = |file: &Path| load(&env, file);
        table.extend(rows("VLC", &env, (formats, places), &paths(&env, &songs), loaded));
    }
    assert_nothing_lost(&table);
}
