//! How players read playlist files: strict where a format is, and splitting lines wherever any reader does.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use quick_xml::{Reader, escape::resolve_predefined_entity, events::Event};

/// A song as a file says it.
#[derive(Debug, PartialEq)]
pub(crate) struct Entry {
    pub path: PathBuf,
    /// What else the format has, in its order.
    pub fields: Vec<String>,
}

/// Reads a file of this format that lies in `folder`.
pub(crate) fn parse(format: &str, bytes: &[u8], folder: &Path) -> Vec<Entry> {
    let text = str::from_utf8(bytes).unwrap();
    match format {
        "m3u" | "m3u8" => m3u(text, folder),
        "pls" => pls(text, folder),
        "xspf" => xspf(text, folder),
        "json" => json(text),
        other => panic!("{other} needs a parser here"),
    }
}

fn m3u(text: &str, folder: &Path) -> Vec<Entry> {
    let mut lines = lines(text);
    assert_eq!(lines.next(), Some("#EXTM3U"));
    assert!(lines.next().unwrap().starts_with("#PLAYLIST:"));
    let (mut entries, mut fields) = (Vec::new(), None);
    for line in lines {
        if let Some(info) = line.strip_prefix("#EXTINF:") {
            let (seconds, title) = info.split_once(',').unwrap();
            fields = Some(vec![title.to_owned(), seconds.to_owned()]);
        } else if !line.starts_with('#') {
            entries.push(Entry { path: opened(line, folder), fields: fields.take().unwrap() });
        }
    }
    entries
}

fn pls(text: &str, folder: &Path) -> Vec<Entry> {
    let mut lines = lines(text);
    assert_eq!(lines.next(), Some("[playlist]"));
    let mut keys = HashMap::new();
    for (key, value) in lines.map(|line| line.split_once('=').unwrap()) {
        assert!(keys.insert(key, value).is_none(), "{key} twice");
    }
    let mut key = |name: String| keys.remove(&*name).unwrap_or_else(|| panic!("no {name}")).to_owned();
    assert_eq!(key("Version".to_owned()), "2");
    let entries: usize = key("NumberOfEntries".to_owned()).parse().unwrap();
    let entry = |n: usize| Entry {
        path: opened(&key(format!("File{n}")), folder),
        fields: vec![key(format!("Title{n}")), key(format!("Length{n}"))],
    };
    let entries = (1..=entries).map(entry).collect();
    assert_eq!(keys.len(), 0, "{keys:?}");
    entries
}

fn xspf(text: &str, folder: &Path) -> Vec<Entry> {
    // https://www.w3.org/TR/xml/#charsets, which quick-xml lets pass.
    let is_legal = |c| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_legal), "no XML: {text:?}");
    let mut entries = Vec::new();
    let mut extensions: HashMap<usize, String> = HashMap::new();
    let mut open: Vec<String> = Vec::new();
    let mut xml = Reader::from_str(text);
    loop {
        let mut content = String::new();
        match xml.read_event().unwrap() {
            Event::Decl(declaration) => {
                assert_eq!(declaration.encoding().unwrap().unwrap(), "UTF-8");
                continue;
            }
            Event::Start(tag) => {
                open.push(tag.name().as_ref().to_owned());
                let open: Vec<&str> = open.iter().map(String::as_str).collect();
                match open[..] {
                    ["playlist"] => {
                        assert_eq!(
                            tag.attributes_raw().trim(),
                            r#"version="1" xmlns="http://xspf.org/ns/0/""#
                        )
                    }
                    ["playlist", "trackList", "track"] => {
                        entries.push(Entry { path: PathBuf::new(), fields: vec![String::new(); 5] });
                    }
                    ["playlist", "trackList", "track", "extension"] => {
                        assert_eq!(tag.attributes_raw().trim(), r#"application="https://www.musicpd.org""#);
                    }
                    ["playlist", "title" | "trackList"]
                    | ["playlist", "trackList", "track", _]
                    | ["playlist", "trackList", "track", "extension", "location"] => {}
                    _ => panic!("{open:?}"),
                }
                continue;
            }
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Text(text) => {
                assert!(!text.xml10_content().contains('>'), "it would end a CDATA section behind `]]`");
                content.push_str(&text.xml10_content());
            }
            Event::GeneralRef(name) => match name.resolve_char_ref().unwrap() {
                Some(c) => content.push(c),
                None => content.push_str(
                    resolve_predefined_entity(&name.xml10_content()).expect("an entity of XML itself"),
                ),
            },
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
        let open: Vec<&str> = open.iter().map(String::as_str).collect();
        if let ["playlist", "trackList", "track", "extension", "location"] = open[..] {
            extensions.entry(entries.len()).or_default().push_str(&content);
        } else if let ["playlist", "trackList", "track", name] = open[..] {
            field_of(entries.last_mut().unwrap(), name).push_str(&content);
        } else {
            assert!(open == ["playlist", "title"] || content.trim().is_empty(), "{content:?} in {open:?}");
        }
    }
    assert!(open.is_empty());
    for (number, Entry { path, fields }) in (1..).zip(&mut entries) {
        let location = fields.pop().unwrap();
        *path = of_uri(&location).unwrap_or_else(|| resolve(&folder.join(decoded(&location))));
        // MPD takes the last location for the path itself.
        let as_it_is = extensions.remove(&number);
        assert!(as_it_is.is_some() || !location.contains('%') || !is_expressible(path), "{location}");
        if let Some(as_it_is) = as_it_is {
            assert_eq!(resolve(&folder.join(as_it_is)), *path);
        }
    }
    entries
}

/// Where the content of a track's element belongs; the location last.
fn field_of<'a>(entry: &'a mut Entry, name: &str) -> &'a mut String {
    let known = ["title", "creator", "album", "duration", "location"];
    &mut entry.fields[known.iter().position(|known| *known == name).unwrap_or_else(|| panic!("{name}"))]
}

fn json(text: &str) -> Vec<Entry> {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let songs = json["playlists"][0]["songs"].as_array().unwrap().iter().map(|song| song.as_str().unwrap());
    songs.map(|song| Entry { path: of_uri(song).unwrap_or_else(|| song.into()), fields: vec![] }).collect()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}', '\u{2028}', '\u{2029}'];
    text.strip_suffix('\n').unwrap().split(ends)
}

/// The file that is opened for a line: many readers trim, and take what has a scheme for a URI.
fn opened(line: &str, folder: &Path) -> PathBuf {
    assert!(!line.split('/').next().unwrap().contains(':'), "{line} is a URI");
    resolve(&folder.join(line.trim()))
}

/// Follows `..` as the kernel does where there are no links.
fn resolve(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        match part {
            Component::ParentDir => drop(path.pop()),
            Component::CurDir => {}
            part => path.push(part),
        }
        path
    })
}

/// XML can express the path, and so can a line.
fn is_expressible(path: &Path) -> bool {
    let is_legal = |c: char| {
        matches!(c, '\t' | ' '..='\u{2027}' | '\u{2030}'..='\u{fffd}' | '\u{10000}'..) && c != '\u{85}'
    };
    path.to_str().is_some_and(|text| text.chars().all(is_legal) && !text.ends_with(char::is_whitespace))
}

pub(crate) fn of_uri(uri: &str) -> Option<PathBuf> {
    uri.strip_prefix("file://").map(decoded)
}

fn decoded(uri: &str) -> PathBuf {
    assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)), "{uri}");
    let mut pieces = uri.split('%');
    let mut bytes: Vec<u8> = pieces.next().unwrap_or_default().into();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    OsStr::from_bytes(&bytes).into()
}
