use super::*;

/// Number, first frame, frame behind the last one, artist and title of each song.
fn songs(file: &CueFile) -> Vec<(u16, u32, Option<u32>, &str, &str)> {
    file.sections
        .iter()
        .map(|section| {
            let Extent { start, end } = section.extent;
            (section.number, start, end, section.tags.artist.as_str(), section.tags.title.as_str())
        })
        .collect()
}

const ALBUM: &str = "REM GENRE \"Hard Bop\"\nREM DATE 1961\nREM DISCNUMBER 1\nREM TOTALDISCS 2\nREM COMMENT \"ExactAudioCopy v1.3\"\n\
    REM REPLAYGAIN_ALBUM_GAIN -5.50 dB\nPERFORMER \"The Band\"\nTITLE \"An Album\"\nFILE \"The Band - An Album.wav\" WAVE\n  \
    TRACK 01 AUDIO\n    TITLE \"First \"take\"\"\n    PERFORMER \"A Guest\"\n    INDEX 00 00:00:00\n    INDEX 01 00:02:00\n  \
    TRACK 02 AUDIO\n    TITLE \"Second\"\n    REM REPLAYGAIN_TRACK_GAIN -1.25 dB\n    INDEX 00 03:00:10\n    INDEX 01 03:02:20\n    \
    INDEX 02 04:00:00\n  TRACK 03 AUDIO\n    TITLE Unquoted words\n    SONGWRITER \"Someone\"\n    INDEX 01 100:00:00\n";

#[test]
fn an_album_is_its_songs_from_index_1_to_index_1() {
    let files = parse(ALBUM, Some(OsStr::new("album.cue")));
    let [album] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(album.name, "The Band - An Album.wav");
    assert_eq!(
        songs(album),
        [
            (1, 150, Some(13_670), "A Guest", "First \"take\""),
            (2, 13_670, Some(450_000), "The Band", "Second"),
            (3, 450_000, None, "The Band", "Unquoted words"),
        ]
    );
    let Section { sheet, tags, .. } = &album.sections[1];
    assert_eq!((sheet.as_deref(), tags.album.as_str()), (Some(OsStr::new("album.cue")), "An Album"));
    let further = tags.further();
    assert_eq!((further.album_artist.as_str(), further.date), ("The Band", TagDate::parse("1961")));
    assert_eq!((further.track.number, further.track.total), (2, 3));
    assert_eq!((further.disc.number, further.disc.total), (1, 2));
    assert_eq!((further.track_gain, further.album_gain), (Some(-1.25), Some(-5.5)));
    assert_eq!((tags.genres.as_slice(), further.composers.len()), (&["Hard Bop".to_owned()][..], 0));
    assert_eq!(album.sections[2].tags.further().composers, ["Someone"]);
}

#[test]
fn a_song_belongs_to_the_file_of_its_index_1() {
    // As EAC writes it where gaps are appended: a track's pregap ends the file before.
    let text = "FILE \"1.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 00 03:00:00\n\
        FILE \"2.wav\" WAVE\nINDEX 01 00:00:00\n";
    assert_eq!(parse(text, None), [], "a file a song is no album in one file");
    let sides = "FILE a.flac FLAC\nTRACK 1 AUDIO\nINDEX 1 0:0:0\nTRACK 2 AUDIO\nINDEX 1 1:0:0\n\
        FILE b.flac FLAC\nTRACK 3 AUDIO\nINDEX 1 0:0:0\nTRACK 4 AUDIO\nINDEX 1 2:0:0\n";
    let files = parse(sides, None);
    let sides: Vec<_> = files.iter().map(|file| (file.name.as_str(), songs(file))).collect();
    assert_eq!(
        sides,
        [
            ("a.flac", vec![(1, 0, Some(4500), "", ""), (2, 4500, None, "", "")]),
            ("b.flac", vec![(3, 0, Some(9000), "", ""), (4, 9000, None, "", "")]),
        ]
    );
}

#[test]
fn what_is_no_sheet_divides_nothing() {
    let sheet = |indices: &[&str]| {
        let track = |index: &&str| format!("TRACK 01 AUDIO\nINDEX 01 {index}\n");
        format!("FILE \"a.wav\" WAVE\n{}", indices.iter().map(track).collect::<String>())
    };
    for text in [
        String::new(),
        "\0\0\0".to_owned(),
        "TRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 01:00:00\n".to_owned(),
        sheet(&["00:00:00"]),
        sheet(&["00:00:00", "00:00:00"]),
        sheet(&["05:00:00", "01:00:00"]),
        sheet(&["00:00:00", "00:99:00"]),
        sheet(&["00:00:00", "00:00:75"]),
        sheet(&["00:00:00", "-1:00:00"]),
        sheet(&["00:00:00", "99999999999:00:00"]),
        sheet(&["00:00:00", "4294967295:00:00"]),
    ] {
        assert_eq!(parse(&text, None), [], "{text}");
    }
    assert_eq!(
        parse(&sheet(&["00:00:00", "00:10"]), None)[0].sections[1].extent.start,
        750,
        "without frames"
    );
    let many: Vec<_> = (0..2000).map(|minute| format!("{minute}:00:00")).collect();
    let many = parse(&sheet(&many.iter().map(String::as_str).collect::<Vec<_>>()), None);
    assert_eq!(many[0].sections.len(), MOST_TRACKS);
    let data = "FILE a.bin BINARY\nTRACK 01 MODE1/2352\nTITLE \"Program\"\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 10:00:00\n\
        TRACK 03 AUDIO\nINDEX 01 20:00:00\n";
    assert_eq!(songs(&parse(data, None)[0]), [(1, 45_000, Some(90_000), "", ""), (2, 90_000, None, "", "")]);
}

#[test]
fn a_sheet_is_read_in_whatever_encoding_it_is() {
    use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, WINDOWS_1251, WINDOWS_1252};
    let encode = |encoding: &'static Encoding, text: &str| encoding.encode(text).0.into_owned();
    let utf16: Vec<u8> =
        "\u{feff}TITLE \"Hjärtats slag\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, text) in [
        (utf16, "TITLE \"Hjärtats slag\""),
        (encode(UTF_8, "\u{feff}TITLE \"Hjärtats slag\""), "TITLE \"Hjärtats slag\""),
        (encode(UTF_8, "TITLE \"Hjärtats slag\""), "TITLE \"Hjärtats slag\""),
        (
            encode(WINDOWS_1252, "TITLE \"Les étés d’été à la campagne\""),
            "TITLE \"Les étés d’été à la campagne\"",
        ),
        (encode(WINDOWS_1251, "TITLE \"Звезда по имени Солнце\""), "TITLE \"Звезда по имени Солнце\""),
        (encode(SHIFT_JIS, "TITLE \"夜空のむこうの花火たち\""), "TITLE \"夜空のむこうの花火たち\""),
        (encode(UTF_8, "plain"), "plain"),
    ] {
        assert_eq!(decode(&bytes).trim_start_matches('\u{feff}'), text);
    }
}
