//! Which field a tag belongs to, by the keys of each kind of tags.

/// What is read of tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagField {
    Title,
    Artist,
    /// Further artists, where `Artist` has them all in one line.
    ArtistList,
    Album,
    AlbumArtist,
    Composer,
    Genre,
    Date,
    /// Counts where there is no `Date`.
    Year,
    /// `3` or `3/12`.
    Track,
    TrackTotal,
    Disc,
    DiscTotal,
    Bpm,
    Key,
    TrackGain,
    AlbumGain,
    R128TrackGain,
    R128AlbumGain,
    /// A whole cue sheet, which divides the file into songs.
    CueSheet,
}

use TagField::{
    Album, AlbumArtist, AlbumGain, Artist, ArtistList, Bpm, Composer, CueSheet, Date, Disc, DiscTotal, Genre,
    Key, R128AlbumGain, R128TrackGain, Title, Track, TrackGain, TrackTotal, Year,
};

/// Keys that are words, as [`word`] writes them: those of Vorbis comments, APEv2, Matroska, CAF, and what `TXXX` and `----` name.
const WORDS: &[(&str, TagField)] = &[
    ("TITLE", Title),
    ("ARTIST", Artist),
    ("AUTHOR", Artist),
    ("ARTISTS", ArtistList),
    ("ALBUM", Album),
    ("ALBUMARTIST", AlbumArtist),
    ("COMPOSER", Composer),
    ("GENRE", Genre),
    ("DATE", Date),
    ("RECORDEDDATE", Date),
    ("DATERECORDED", Year),
    ("DATERELEASED", Year),
    ("YEAR", Year),
    ("TRACK", Track),
    ("TRACKNUMBER", Track),
    ("TRACKTOTAL", TrackTotal),
    ("TOTALTRACKS", TrackTotal),
    ("DISC", Disc),
    ("DISCNUMBER", Disc),
    ("DISCTOTAL", DiscTotal),
    ("TOTALDISCS", DiscTotal),
    ("BPM", Bpm),
    ("TEMPO", Bpm),
    ("KEY", Key),
    ("INITIALKEY", Key),
    ("KEYSIGNATURE", Key),
    ("REPLAYGAINTRACKGAIN", TrackGain),
    ("REPLAYGAINALBUMGAIN", AlbumGain),
    ("R128TRACKGAIN", R128TrackGain),
    ("R128ALBUMGAIN", R128AlbumGain),
    ("CUESHEET", CueSheet),
];

/// Frames of ID3v2.3 and 2.4 (id3.org), then those of 2.2.
const FRAMES: &[(&str, TagField)] = &[
    ("TIT2", Title),
    ("TPE1", Artist),
    ("TPE2", AlbumArtist),
    ("TALB", Album),
    ("TCOM", Composer),
    ("TCON", Genre),
    ("TDRC", Date),
    ("TDRL", Year),
    ("TRCK", Track),
    ("TPOS", Disc),
    ("TBPM", Bpm),
    ("TKEY", Key),
    ("TT2", Title),
    ("TP1", Artist),
    ("TP2", AlbumArtist),
    ("TAL", Album),
    ("TCM", Composer),
    ("TCO", Genre),
    ("TRK", Track),
    ("TPA", Disc),
    ("TBP", Bpm),
    ("TKE", Key),
];

/// Atoms of iTunes.
const ATOMS: &[(&[u8; 4], TagField)] = &[
    (b"\xa9nam", Title),
    (b"\xa9ART", Artist),
    (b"aART", AlbumArtist),
    (b"\xa9alb", Album),
    (b"\xa9wrt", Composer),
    (b"\xa9gen", Genre),
    (b"\xa9day", Date),
    (b"trkn", Track),
    (b"disk", Disc),
    (b"tmpo", Bpm),
];

/// Chunks of `LIST INFO` in RIFF, then the text chunks of AIFF. `IPRT` and `ITRK` are both in use.
const CHUNKS: &[(&[u8; 4], TagField)] = &[
    (b"INAM", Title),
    (b"IART", Artist),
    (b"IPRD", Album),
    (b"IGNR", Genre),
    (b"ICRD", Date),
    (b"IMUS", Composer),
    (b"IPRT", Track),
    (b"ITRK", Track),
    (b"IBPM", Bpm),
    (b"NAME", Title),
    (b"AUTH", Artist),
];

/// Attributes of WMA files, as [`word`] writes them; further ones are as in [`WORDS`].
const ATTRIBUTES: &[(&str, TagField)] = &[
    ("WMALBUMTITLE", Album),
    ("WMALBUMARTIST", AlbumArtist),
    ("WMCOMPOSER", Composer),
    ("WMGENRE", Genre),
    ("WMYEAR", Date),
    ("WMTRACKNUMBER", Track),
    ("WMPARTOFSET", Disc),
    ("WMBEATSPERMINUTE", Bpm),
    ("WMINITIALKEY", Key),
    // Of the author there may be several; the first stands elsewhere, without this prefix.
    ("WMARTISTS", ArtistList),
];

/// A key in capitals, its letters and digits alone: `Album Artist` and `album_artist` are one.
fn word(key: &str) -> String {
    key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

pub(super) fn of_word(key: &str) -> Option<TagField> {
    find(WORDS, &*word(key))
}

pub(super) fn of_attribute(key: &str) -> Option<TagField> {
    find(ATTRIBUTES, &*word(key)).or_else(|| of_word(key))
}

pub(super) fn of_frame(id: &str) -> Option<TagField> {
    find(FRAMES, id)
}

pub(super) fn of_atom(id: &[u8; 4]) -> Option<TagField> {
    find(ATOMS, id)
}

pub(super) fn of_chunk(id: &[u8; 4]) -> Option<TagField> {
    find(CHUNKS, id)
}

fn find<K: PartialEq + ?Sized>(table: &[(&K, TagField)], key: &K) -> Option<TagField> {
    table.iter().find(|(known, _)| *known == key).map(|(_, field)| *field)
}
