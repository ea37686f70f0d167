#[path = "../../../../tests/integration/support/web_server.rs"]
mod mirror;

mod answers;

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use tempfile::TempDir;

use self::mirror::{Mirror, answer, header, respond, send};
use super::{transfer::STOP_POLL_INTERVAL, *};

const SIZE: usize = 300_000;
const HALF: usize = 100_000;
const ETAG: &str = "\"one\"";

/// Bytes of a model, or of another one.
fn bytes(seed: u32) -> Vec<u8> {
    (0..SIZE as u32).map(|i| (i.wrapping_mul(2_654_435_761).wrapping_add(seed) >> 13) as u8).collect()
}

/// A folder for a model of `bytes(1)`.
struct Home {
    folder: TempDir,
    spec: ModelSpec,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut spec = ModelSpec::built_in("cnn14").unwrap();
        fs::write(folder.path().join("whole"), bytes(1)).unwrap();
        spec.weights.sha256 = Some(sha256(&folder.path().join("whole")).unwrap());
        spec.weights.size = Some(SIZE as u64);
        Self { folder, spec }
    }

    fn models(&self) -> PathBuf {
        self.folder.path().join("store/models")
    }

    /// The files in the folder.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.models()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// As if an earlier call had downloaded these bytes of this version.
    fn with_part(self, bytes: &[u8], etag: &str) -> Self {
        fs::create_dir_all(self.models()).unwrap();
        fs::write(self.models().join("cnn14.part"), bytes).unwrap();
        fs::write(self.models().join("cnn14.part.etag"), etag).unwrap();
        self
    }

    fn get(&self, url: &str) -> Result<Download, FetchError> {
        self.get_reporting(url, &mut |_| {})
    }

    fn get_reporting(&self, url: &str, report: &mut dyn FnMut(FetchEvent)) -> Result<Download, FetchError> {
        let mut spec = self.spec.clone();
        spec.weights.url = Some(url.to_owned());
        let retries = RetryPolicy { attempts: 3, pause: Duration::ZERO, timeout: Duration::from_secs(60) };
        fetch_weights(&spec, &self.models(), &AtomicBool::new(false), report, &retries)
    }

    /// Fetches from a mirror, and must succeed.
    fn gets(&self, mirror: &Mirror) {
        let download =
            self.get(&mirror.url("m")).unwrap_or_else(|error| panic!("{error}: {:?}", mirror.heard()));
        assert!(fs::read(&download.path).unwrap() == bytes(1));
        assert_eq!(self.files(), ["cnn14.part"], "the version is deleted when the file is complete");
        download.discard().unwrap();
        assert_eq!(self.files(), [""; 0]);
    }

    /// Fetches from a mirror, and must fail with one line.
    fn fails(&self, mirror: &Mirror) -> String {
        let error = self.get(&mirror.url("m")).unwrap_err();
        let text = std::error::Error::source(&error)
            .map_or(error.to_string(), |source| format!("{error}: {source}"));
        assert!(!text.contains('\n'), "{text}");
        text
    }
}

fn ranges(mirror: &Mirror) -> Vec<Option<String>> {
    mirror.heard().iter().map(|request| header(request, "range").map(str::to_owned)).collect()
}

#[test]
fn a_fetched_file_is_whole_and_its_owners_alone() {
    let (home, mirror) = (Home::new(), Mirror::of(bytes(1), ETAG));
    let mut events = Vec::new();
    let download =
        home.get_reporting(&mirror.url("m"), &mut |event| events.push(format!("{event:?}"))).unwrap();
    assert_eq!(events[events.len() - 2..], [format!("Progress({SIZE})"), "Verifying".to_owned()]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = home.folder.path().join("store");
    assert_eq!([&store, &home.models(), &download.path].map(|path| mode(path)), [0o700, 0o700, 0o600]);
    let request = &mirror.heard()[0];
    assert!(request.starts_with("get /m http/1.1") && header(request, "range").is_none(), "{request}");
    assert_eq!(header(request, "accept-encoding"), Some("identity"));
}

#[test]
fn a_cut_connection_is_continued_from_where_it_stood() {
    let home = Home::new();
    let mirror = Mirror::new(|number, request, stream| {
        let whole = answer(&bytes(1), ETAG, request);
        let end = if number < 2 { whole.len() - SIZE + (number + 1) * HALF } else { whole.len() };
        send(stream, &whole[..end.min(whole.len())]);
    });
    home.gets(&mirror);
    assert_eq!(ranges(&mirror)[..2], [None, Some(format!("bytes={HALF}-"))]);
    assert_eq!(header(&mirror.heard()[1], "if-range"), Some(ETAG));
}

#[test]
fn giving_up_says_how_far_it_got_and_the_next_call_continues_from_there() {
    let home = Home::new();
    let mirror = Mirror::new(|number, request, stream| {
        let whole = answer(&bytes(1), ETAG, request);
        send(stream, if number == 0 { &whole[..whole.len() - SIZE + HALF] } else { b"" });
    });
    let line = home.fails(&mirror);
    let begin =
        "cannot fetch cnn14 from 127.0.0.1 (100000 of 300000 bytes are here): fetch again later, it goes on";
    assert!(line.starts_with(begin), "{line}");
    assert_eq!((mirror.heard().len(), home.files().len()), (3, 2));
    assert_eq!(pending(&home.models(), "cnn14"), Some(HALF as u64));
    let mirror = Mirror::of(bytes(1), ETAG);
    home.gets(&mirror);
    assert_eq!(ranges(&mirror), [Some(format!("bytes={HALF}-"))]);
    // A port on which nothing listens any more.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = home.get(&format!("http://{closed}/m")).unwrap_err();
    assert!(matches!(&error, FetchError::Broken { at: 0, .. }), "{error}");
}

#[test]
fn a_weak_version_is_not_sent_as_a_condition() {
    let (home, mirror) =
        (Home::new().with_part(&bytes(1)[..HALF], "W/\"one\""), Mirror::of(bytes(1), "W/\"one\""));
    home.gets(&mirror);
    assert_eq!(ranges(&mirror), [Some(format!("bytes={HALF}-"))]);
    assert_eq!(header(&mirror.heard()[0], "if-range"), None);
}

#[test]
fn what_is_complete_already_is_not_requested() {
    let (home, mirror) = (Home::new().with_part(&bytes(1), ETAG), Mirror::of(bytes(1), ETAG));
    home.gets(&mirror);
    assert_eq!(mirror.heard().len(), 0);
    // Longer than the model is, it cannot be its beginning.
    Home::new().with_part(&[&bytes(1)[..], b"x"].concat(), ETAG).gets(&mirror);
    assert_eq!(ranges(&mirror), [None]);
}

#[test]
fn what_has_no_models_name_is_not_deleted() {
    let home = Home::new().with_part(b"x", ETAG);
    assert!(!discard_pending(&home.models().join("none"), "../cnn14").unwrap());
    assert!(!discard_pending(&home.folder.path().join("store"), "models/cnn14").unwrap());
    assert_eq!(home.files(), ["cnn14.part", "cnn14.part.etag"]);
}

#[test]
fn a_stop_ends_it_while_the_server_is_silent() {
    let home = Home::new();
    let stop = Arc::new(AtomicBool::new(false));
    for at in [0, HALF] {
        // Silent from the beginning, and in the middle.
        let mirror = Mirror::new(move |_, request, stream| {
            if at > 0 {
                let whole = answer(&bytes(1), ETAG, request);
                send(stream, &whole[..whole.len() - SIZE + at]);
            }
            thread::park();
        });
        stop.store(false, Ordering::Relaxed);
        let mut spec = home.spec.clone();
        spec.weights.url = Some(mirror.url("m"));
        let ended = thread::scope(|scope| {
            let fetch = scope.spawn(|| fetch_weights(&spec, &home.models(), &stop, &mut |_| {}, &RETRIES));
            while mirror.heard().is_empty() || pending(&home.models(), "cnn14") != Some(at as u64) {
                thread::sleep(STOP_POLL_INTERVAL);
            }
            // Meanwhile no other call can use it.
            assert!(matches!(home.get(&mirror.url("m")), Err(FetchError::Busy(_))));
            assert!(matches!(discard_pending(&home.models(), "cnn14"), Err(FetchError::Busy(_))));
            stop.store(true, Ordering::Relaxed);
            fetch.join().unwrap()
        });
        assert!(
            matches!(&ended, Err(FetchError::Stopped { at: here, .. }) if *here == at as u64),
            "{ended:?}"
        );
    }
    assert!(
        discard_pending(&home.models(), "cnn14").unwrap()
            && !discard_pending(&home.models(), "cnn14").unwrap()
    );
    assert_eq!(home.files(), [""; 0]);
}
