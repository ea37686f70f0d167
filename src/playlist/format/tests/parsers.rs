//! How players read playlist files: strict where a format is, and splitting lines wherever any reader does.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

/// A song as it stands in a file.
#[derive(Debug, PartialEq)]
pub struct Entry {
    pub path: PathBuf,
    /// What else the format has, in its order.
    pub fields: Vec<String>,
}

/// Reads a file of this format that lies in `folder`.
pub fn parse(format: &str, bytes: &[u8], folder: &Path) -> Vec<Entry> {
    let text = str::from_utf8(bytes).unwrap();
    match format {
        "m3u8" => m3u8(text, folder),
        "pls" => pls(text, folder),
        "xspf" => xspf(text),
        "json" => json(text),
        other => panic!("{other} needs a parser here"),
    }
}

fn m3u8(text: &str, folder: &Path) -> Vec<Entry> {
    let mut lines = lines(text);
    assert_eq!(lines.next(), Some("#EXTM3U"));
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

fn xspf(text: &str) -> Vec<Entry> {
    // https://www.w3.org/TR/xml/#charsets
    let is_legal = |c| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert!(text.chars().all(is_legal), "no XML: {text:?}");
    let mut entries = Vec::new();
    let mut open = Vec::new();
    let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    for (tag, content) in text.split('<').skip(1).map(|piece| piece.split_once('>').unwrap()) {
        let content = unescaped(content);
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), name.into());
            continue;
        }
        open.push(tag.split(' ').next().unwrap());
        match *open {
            ["playlist"] => assert_eq!(tag, r#"playlist version="1" xmlns="http://xspf.org/ns/0/""#),
            ["playlist", "title" | "trackList"] => {}
            ["playlist", "trackList", "track"] => {
                entries.push(Entry { path: PathBuf::new(), fields: vec![String::new(); 4] });
            }
            ["playlist", "trackList", "track", name] => {
                let Entry { path, fields } = entries.last_mut().unwrap();
                match ["title", "creator", "album", "duration"].iter().position(|known| *known == name) {
                    Some(place) => fields[place] = content,
                    None => {
                        assert_eq!(name, "location");
                        *path = of_uri(&content).unwrap();
                    }
                }
            }
            _ => panic!("{open:?}"),
        }
    }
    assert!(open.is_empty());
    entries
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

fn unescaped(content: &str) -> String {
    assert!(!content.contains('>'));
    let mut pieces = content.split('&');
    let mut text = pieces.next().unwrap().to_owned();
    for (name, rest) in pieces.map(|piece| piece.split_once(';').unwrap()) {
        text.push_str(match name {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            _ => panic!("{name}"),
        });
        text.push_str(rest);
    }
    text
}

/// The path of a `file:` URI.
pub fn of_uri(uri: &str) -> Option<PathBuf> {
    let uri = uri.strip_prefix("file://")?;
    assert!(uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~%".contains(&byte)), "{uri}");
    let mut pieces = uri.split('%');
    let mut bytes: Vec<u8> = pieces.next()?.into();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    Some(OsStr::from_bytes(&bytes).into())
}
