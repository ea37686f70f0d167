//! Why each song is in its playlist, as `--explain` prints it.

use indexer::{ClusterSummary, Distinction, Explain, WhyPlaylist, WhySong, location};
use serde_json::{Value, json};

use super::print::{one_line, shown};

/// How many songs of each kind are listed.
const SONGS: usize = 3;

/// A paragraph on each playlist, or on the one song that was asked for.
pub(crate) fn as_text(explain: &Explain, playlists: &[WhyPlaylist], summary: &ClusterSummary) -> String {
    if let (Explain::Song(song), []) = (explain, playlists) {
        let song = shown(song);
        return match &summary.over_limit_of {
            Some(list) => {
                let list = one_line(list);
                format!(
                    "{song} is in no playlist: it is like {list}, but beyond --max-size or --max-per-artist"
                )
            }
            None => format!("{song} is in no playlist: it is like no others"),
        };
    }
    let paragraph = |why: &WhyPlaylist| match explain {
        Explain::All => of_playlist(why),
        Explain::Song(_) => {
            let size = summary.playlists.iter().find(|list| list.id == why.id).map_or(0, |list| list.size);
            why.songs.iter().map(|song| of_song(song, why, size)).collect::<Vec<_>>().join("\n")
        }
    };
    playlists.iter().map(paragraph).collect::<Vec<_>>().join("\n\n")
}

fn of_playlist(why: &WhyPlaylist) -> String {
    let mut lines = vec![why.name.clone(), line("apart by", &apart(&why.distinctions))];
    let typical: Vec<_> = why.songs.iter().take(SONGS).map(name).collect();
    lines.push(line("typical", &typical.join(", ")));
    let mut borderline: Vec<_> = why.songs.iter().filter_map(|song| Some((song.margin()?, song))).collect();
    borderline.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut heading = "borderline";
    for (_, song) in borderline.into_iter().take(SONGS) {
        let (other, distance) = &song.others[0];
        lines.push(line(
            heading,
            &format!("{}: {:.2} from here, {distance:.2} from {other}", name(song), song.distance),
        ));
        heading = "";
    }
    lines.join("\n")
}

fn of_song(song: &WhySong, why: &WhyPlaylist, size: usize) -> String {
    let place =
        format!("{}, as number {} of {size} from its centre ({:.2})", why.name, song.rank + 1, song.distance);
    let others: Vec<_> =
        song.others.iter().map(|(name, distance)| format!("{name} ({distance:.2})")).collect();
    let said: Vec<_> = song.terms.iter().map(|(word, share)| format!("{word} {}", percent(*share))).collect();
    let sound = song.sound.map_or(String::new(), |sound| {
        format!("{:.0} BPM, spectral centroid {:.0} Hz", sound.tempo, sound.brightness)
    });
    let lines = [
        shown(&song.path),
        line("in", &place),
        line("next", &others.join(", ")),
        line("said of it", &said.join(", ")),
        line("sounds", &sound),
        line("apart by", &apart(&why.distinctions)),
    ];
    lines.join("\n")
}

fn line(heading: &str, text: &str) -> String {
    let text = if text.is_empty() { "-" } else { text };
    format!("  {heading:10}  {text}")
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
    shown(song.path.file_stem().unwrap_or_default().as_ref())
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
