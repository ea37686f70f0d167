//! MPD on loopback. From its own playlist folder it loads M3U only, from the music folder every format but JSON.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use std::{ffi::OsString, os::unix::ffi::OsStringExt};

use super::*;

/// A running MPD whose music is that of the home; it ends with the test.
struct Mpd<'a> {
    env: &'a TestEnv,
    port: u16,
    process: Child,
    /// There is one queue.
    queue: Mutex<()>,
}

impl<'a> Mpd<'a> {
    fn start(env: &'a TestEnv) -> Self {
        fs::create_dir_all(env.path("mpd/playlists")).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let configuration = format!(
            "music_directory \"{0}music\"\nplaylist_directory \"{0}mpd/playlists\"\ndb_file \"{0}mpd/db\"\n\
             log_file \"{0}mpd/log\"\nbind_to_address \"127.0.0.1\"\nport \"{port}\"\nzeroconf_enabled \"no\"\n\
             audio_output {{\n type \"null\"\n name \"none\"\n}}\n",
            env.path("").display()
        );
        fs::write(env.path("mpd/conf"), configuration).unwrap();
        let mut command = env.command("mpd");
        command.arg("--no-daemon").arg(env.path("mpd/conf")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("MPD is installed (Debian packages mpd, mpc)");
        let mpd = Self { env, port, process, queue: Mutex::new(()) };
        let begun = Instant::now();
        while !mpd.command(&["status"]).status().expect("mpc is installed").success() {
            assert!(begun.elapsed() < Duration::from_secs(30), "MPD does not answer");
            thread::sleep(Duration::from_millis(50));
        }
        mpd
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.env.command("mpc");
        command.env("LC_ALL", "C.UTF-8").args(["--host", "127.0.0.1", "--port", &self.port.to_string()]);
        command.args(arguments);
        command
    }

    fn call(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output.stdout
    }

    /// The songs in the queue after a playlist was loaded: those that MPD's database knows.
    fn load(&self, playlist: &str) -> Vec<PathBuf> {
        let _queue = self.queue.lock().unwrap();
        self.call(&["clear"]);
        self.call(&["load", playlist]);
        let songs = self.call(&["--format", "%file%", "playlist"]);
        let lines = songs.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| self.env.path("music").join(OsString::from_vec(line.to_vec()))).collect()
    }

    /// A file in the music folder.
    fn load_from_music(&self, file: &Path) -> Vec<PathBuf> {
        self.call(&["update", "--wait"]);
        self.load(file.strip_prefix(self.env.path("music")).unwrap().to_str().unwrap())
    }

    /// A file in MPD's own folder, by the name under which it is listed.
    fn load_its_own(&self, file: &Path) -> Vec<PathBuf> {
        let name = file.file_stem().unwrap().to_str().unwrap();
        let listed = String::from_utf8(self.call(&["lsplaylists"])).unwrap();
        assert!(listed.lines().any(|line| line == name), "{name:?} is not listed: {listed}");
        self.load(name)
    }
}

impl Drop for Mpd<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const OWN: Place = Place {
    name: "MPD's playlist folder, --relative-to music",
    folder: "mpd/playlists",
    flags: "--relative-to music",
};
const OWN_WITHOUT_FLAG: Place =
    Place { name: "MPD's playlist folder, no flag", folder: "mpd/playlists", flags: "" };

#[test]
#[ignore = "needs MPD: the Debian packages mpd and mpc"]
fn mpd_loads_every_song() {
    let mut table = Vec::new();
    for songs in [odd(), of_uris()] {
        let env = home(&songs);
        let (mpd, expected) = (Mpd::start(&env), paths(&env, &songs));
        mpd.call(&["update", "--wait"]);
        let formats = &["m3u8", "m3u", "pls", "xspf"][..];
        let from_music = |file: &Path| mpd.load_from_music(file);
        table.extend(rows("MPD", &env, (formats, &[&INSIDE, &ROOT]), &expected, from_music));
        let its_own = |file: &Path| mpd.load_its_own(file);
        table.extend(rows("MPD", &env, (&["m3u"], &[&OWN]), &expected, its_own));
    }
    assert_nothing_lost(&table);
}

#[test]
#[ignore = "needs MPD: the Debian packages mpd and mpc"]
fn mpd_finds_the_songs_of_an_album_in_one_file_by_its_cue_sheet() {
    let env = home_with_album();
    let mpd = Mpd::start(&env);
    mpd.call(&["update", "--wait"]);
    let songs = ["track0001", "track0002", "track0003"];
    let expected = songs.map(|song| env.path("music/An album/album.cue").join(song));
    let sorted = |mut songs: Vec<PathBuf>| {
        songs.sort();
        songs
    };
    let load_all = |place, format, load: &dyn Fn(&Path) -> Vec<PathBuf>| {
        let files = written(&env, place, &[format]).remove(0).1;
        sorted(files.iter().flat_map(|file| load(file)).collect())
    };
    assert_eq!(load_all(&OWN, "m3u", &|file| mpd.load_its_own(file)), expected);
    assert_eq!(load_all(&ROOT, "xspf", &|file| mpd.load_from_music(file)), expected);
}

#[test]
#[ignore = "needs MPD: the Debian packages mpd and mpc"]
fn from_its_own_folder_mpd_finds_nothing_without_the_flag() {
    let songs = odd();
    let env = home(&songs);
    let mpd = Mpd::start(&env);
    mpd.call(&["update", "--wait"]);
    let loaded: Vec<_> = written(&env, &OWN_WITHOUT_FLAG, &["m3u"])
        .iter()
        .flat_map(|(_, files)| files)
        .flat_map(|file| mpd.load_its_own(file))
        .collect();
    assert!(loaded.is_empty(), "README can leave --relative-to out: {loaded:?}");
}
