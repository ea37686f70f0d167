use super::*;
use crate::{app::Quiet, cluster::ALGORITHMS, digest::Digest, store::Library};

fn request(path: Option<&str>) -> ClusterRequest {
    ClusterRequest {
        space: SpaceId { name: "mfcc".into(), fingerprint: Digest([0; 32]) },
        algorithm: &ALGORITHMS[0],
        settings: cluster::Settings::default(),
        n: 2,
        seed: 42,
        path: path.map(PathBuf::from),
        report: false,
        set: None,
        fresh: false,
        targets: Targets::default(),
    }
}

#[test]
fn without_tracks_there_is_one_line_and_nothing_is_written() {
    let store = tempfile::tempdir().unwrap();
    drop(Library::open(store.path()).unwrap());
    for (path, line) in [
        (None, "no track is indexed in mfcc: run `indexer scan` first"),
        (Some("/etc"), "no track under /etc is indexed in mfcc: run `indexer scan` on it first"),
    ] {
        let error = cluster(&request(path), store.path(), &Quiet).unwrap_err();
        assert_eq!(error.to_string(), line);
        assert!(!store.path().join("playlists.redb").exists());
    }
}
