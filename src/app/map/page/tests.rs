use std::io::Read;

use super::*;
use crate::app::cluster::combination::MethodChoice;
use crate::app::cluster::tests::{put_tagged, request as cluster_request};
use crate::app::map::arrange::arrange;
use crate::app::map::input::read;
use crate::app::progress::Quiet;
use crate::digest::Digest;
use crate::layout::LAYOUTS;
use crate::space::SpaceId;
use crate::track::Tags;

const EVIL: &str = "</script><script>alert(1)</script>";

/// A page of three songs.
fn written() -> String {
    let store = tempfile::tempdir().unwrap();
    let space = SpaceId { name: "pairs".into(), fingerprint: Digest([3; 32]) };
    let tags = || Tags { title: EVIL.into(), artist: EVIL.into(), ..Tags::default() };
    put_tagged(store.path(), &space, (0..3).map(|n| (n, vec![n as f32, 0.5], tags())));
    let part = crate::app::cluster::combination::MethodPart {
        name: "pairs".into(),
        weight: 1.0,
        current: Ok(space),
    };
    let request = MapRequest {
        method: MethodChoice::Named(vec![part]),
        layout: &LAYOUTS[2],
        set: None,
        default_set: String::new(),
        configured: cluster_request(None).configured,
        seed: 1,
        fresh: false,
        page: None,
        picture: None,
        force: false,
    };
    let input = read(&request, store.path(), &Quiet).unwrap();
    let map =
        DrawnMap::new(&input, &arrange(&input.points, request.layout, request.seed, None, &Quiet).unwrap());
    page(&map, &request, &input, &store.path().join("map.html"))
}

fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    page.split_once(begin).unwrap().1.split_once(end).unwrap().0
}

#[test]
fn a_page_asks_no_network_and_runs_its_own_script_only() {
    let page = written();
    for asked in ["http:", "https:", " src=", "@import", "url(", "fetch(", "innerHTML", "{{"] {
        assert!(!page.contains(asked), "{asked}");
    }
    let script = between(&page, "<script>", "</script>");
    let hash = between(&page, "script-src 'sha256-", "'");
    assert_eq!(hash, STANDARD.encode(Sha256::digest(script)));
    let style = between(&page, "<style>", "</style>");
    assert_eq!(between(&page, "style-src 'sha256-", "'"), STANDARD.encode(Sha256::digest(style)));
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn titles_are_data_and_nothing_else() {
    let page = written();
    assert_eq!(page.matches("<script").count(), 2);
    assert!(!page.contains("alert(1)"));
    let data = between(&page, "id=\"data\">", "</script>");
    let mut bytes = Vec::new();
    let packed = STANDARD.decode(data).unwrap();
    flate2::read::ZlibDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    let is_there = bytes.windows(EVIL.len()).filter(|window| *window == EVIL.as_bytes()).count();
    assert_eq!(is_there, 4, "each title, and the artist once");
    let length = u32::from_le_bytes(*bytes.first_chunk().unwrap()) as usize;
    let head: serde_json::Value = serde_json::from_slice(&bytes[4..4 + length]).unwrap();
    assert_eq!(
        (&head["songs"], &head["nearest"], &head["set"]),
        (&3.into(), &2.into(), &serde_json::Value::Null)
    );
    assert_eq!(head["whole"], "file:///music/");
}
