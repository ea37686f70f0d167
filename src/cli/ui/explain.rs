//! Why each song is in its playlist, as `--explain` prints it.

use indexer::{ClusterSummary, Distinction, Explain, WhyPlaylist, WhySong, location};
use serde_json::{Value, json};

use super::print::{one_line, shown};
use super::songs::{label_of, tag_line};
use super::table::{Column, TextTable};
use super::text::Text;

/// How many songs of each kind are listed.
const SONGS: usize = 3;
/// Columns for two distances and the name of a playlist.
const REASON: usize = 46;

/// A paragraph on each playlist, or on the one song that was asked for.
pub(crate) fn as_table(explain: &Explain, playlists: &[WhyPlaylist], summary: &ClusterSummary) -> TextTable {
    let mut table = TextTable::new(&[Column::Left, Column::Name]).keeping(REASON);
    if let (Explain::Song(song), []) = (explain, playlists) {
        let song = shown(song);
        table.line(match &summary.over_limit_of {
            Some(list) => {
                let list = one_line(list);
                format!(
                    "{song} is in no playlist: it is like {list}, but beyond --max-size or --max-per-artist"
                )
            }
            None => format!("{song} is in no playlist: it is like no others"),
        });
    }
    for (number, why) in playlists.iter().enumerate() {
        if number > 0 {
            table.line("");
        }
        match explain {
            Explain::All => of_playlist(&mut table, why),
            Explain::Song(_) => {
                let size =
                    summary.playlists.iter().find(|list| list.id == why.id).map_or(0, |list| list.size);
                why.songs.iter().for_each(|song| of_song(&mut table, song, why, size));
            }
        }
    }
    table
}

fn of_playlist(table: &mut TextTable, why: &WhyPlaylist) {
    table.line(Text::bold(one_line(&why.name)));
    add(table, "apart by", &apart(&why.distinctions));
    let typical: Vec<_> = why.songs.iter().take(SONGS).map(name).collect();
    add(table, "typical", &typical.join("; "));
    let mut borderline: Vec<_> = why.songs.iter().filter_map(|song| Some((song.margin()?, song))).collect();
    borderline.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut heading = "borderline";
    for (_, song) in borderline.into_iter().take(SONGS) {
        let (other, distance) = &song.others[0];
        let place = format!("{:.2} from here, {distance:.2} from {}", song.distance, one_line(other));
        table.row([format!("  {heading:10}").into(), name(song).into(), place.into()]);
        heading = "";
    }
}

fn of_song(table: &mut TextTable, song: &WhySong, why: &WhyPlaylist, size: usize) {
    let (list, rank, distance) = (one_line(&why.name), song.rank + 1, song.distance);
    let others: Vec<_> =
        song.others.iter().map(|(name, distance)| format!("{} ({distance:.2})", one_line(name))).collect();
    let said: Vec<_> = song.terms.iter().map(|(word, share)| format!("{word} {}", percent(*share))).collect();
    let sound = song.sound.map_or(String::new(), |sound| {
        format!("{:.0} BPM, spectral centroid {:.0} Hz", sound.tempo, sound.brightness)
    });
    table.line(Text::bold(name(song)));
    // A path is to be copied, so it is never cut.
    table.line(format!("  {:10}  {}", "file", shown(&song.path)));
    add(table, "tags", &tag_line(&song.tags));
    add(table, "in", &format!("{list}, as number {rank} of {size} from its centre ({distance:.2})"));
    add(table, "next", &others.join(", "));
    add(table, "said of it", &said.join(", "));
    add(table, "sounds", &sound);
    add(table, "apart by", &apart(&why.distinctions));
}

fn add(table: &mut TextTable, heading: &str, text: &str) {
    let text = if text.is_empty() { "-" } else { text };
    table.row([format!("  {heading:10}").into(), text.into()]);
}

fn apart(distinctions: &[Distinction]) -> String {
    let share = |of: &Distinction| {
        let (here, there) = (percent(of.share as f32), percent(of.elsewhere as f32));
        format!("{} {here} (elsewhere {there})", of.term.word)
    };
    distinctions.iter().map(share).collect::<Vec<_>>().join(", ")
}

fn percent(share: f32) -> String {
    format!("{:.0} %", 100.0 * share)
}

fn name(song: &WhySong) -> String {
    label_of(&song.tags.artist, &song.tags.title, &song.path)
}

pub(crate) fn as_json(playlists: &[WhyPlaylist]) -> Value {
    let said = |(word, share): &(String, f32)| json!({"name": word, "share": share});
    let other = |(name, distance): &(String, f32)| json!({"name": name, "distance": distance});
    let song = |song: &WhySong| {
        json!({
            "path": location(&song.path),
            "distance": song.distance,
            "margin": song.margin(),
            "nearest": song.others.iter().map(other).collect::<Vec<_>>(),
            "said": song.terms.iter().map(said).collect::<Vec<_>>(),
            "tempo": song.sound.map(|sound| sound.tempo),
            "brightness": song.sound.map(|sound| sound.brightness),
        })
    };
    let term = |of: &Distinction| json!({"name": of.term.word, "share": of.share, "elsewhere": of.elsewhere, "lift": of.lift()});
    let playlist = |why: &WhyPlaylist| {
        json!({
            "id": why.id,
            "name": why.name,
            "terms": why.distinctions.iter().map(term).collect::<Vec<_>>(),
            "songs": why.songs.iter().map(song).collect::<Vec<_>>(),
        })
    };
    playlists.iter().map(playlist).collect()
}
