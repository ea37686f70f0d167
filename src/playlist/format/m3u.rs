//! M3U in UTF-8: the playlist's name, then two lines per song, which no path and no tag may break. The same bytes under
//! both names, M3U8 and M3U, but for songs of albums in one file: MPD, which lists only what ends in M3U, knows them by their
//! cue sheets, other players by options of VLC.

use std::fmt::Write;

use super::line::{location, place, seconds, title};
use super::text::{About, PlaylistText};
use crate::playlist::{Playlist, Song};
use crate::text::without_line_ends;

pub(super) fn for_vlc(playlist: &Playlist, _: &About) -> PlaylistText {
    write(playlist, |song| {
        let path = location(song.file.audio())?;
        let Some(extent) = song.file.section().map(|section| section.extent) else { return Some(path) };
        let end = extent.end_seconds().map(|end| format!("#EXTVLCOPT:stop-time={}\n", place(end)));
        Some(format!(
            "#EXTVLCOPT:start-time={}\n{}{path}",
            place(extent.start_seconds()),
            end.unwrap_or_default()
        ))
    })
}

pub(super) fn for_mpd(playlist: &Playlist, _: &About) -> PlaylistText {
    write(playlist, |song| location(&song.path_for_mpd()?))
}

/// With what stands of each song below its length and title; none where the format cannot express it.
fn write(playlist: &Playlist, entry: impl Fn(&Song) -> Option<String>) -> PlaylistText {
    let mut text = format!("#EXTM3U\n#PLAYLIST:{}\n", without_line_ends(&playlist.name).trim());
    let mut left_out = 0;
    for song in &playlist.songs {
        match entry(song) {
            Some(entry) => {
                writeln!(text, "#EXTINF:{},{}\n{entry}", seconds(song), title(song)).expect("a String grows")
            }
            None => left_out += 1,
        }
    }
    PlaylistText { bytes: text.into_bytes(), left_out }
}
