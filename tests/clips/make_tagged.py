"""Makes the files in tagged/, and tags.json there, which says what their tags are: a blip in every format, tagged by mutagen, ffmpeg,
metaflac and kid3-cli, and files whose tags are broken as one meets them.

    pip install mutagen         (1.48; and on the PATH ffmpeg 5.1, metaflac 1.4, kid3-cli 3.9, wavpack 5.6)
    python make_tagged.py

`read_by` says whose reading the row is: mutagen's, `written` where mutagen reads nothing of that kind and the row is what
was asked for, and `hand` for broken files. All sound is synthesised here, and CC0. The folder has an .indexerignore, so
that scans of the clips leave it out.
"""
import json
import pathlib
import struct
import subprocess
import tempfile

import mutagen
from mutagen import apev2, id3
from mutagen.asf import ASF
from mutagen.dsf import DSF
from mutagen.mp4 import MP4, MP4FreeForm

HERE = pathlib.Path(__file__).parent
TAGGED = HERE / "tagged"
ROWS = []

# suffix: how ffmpeg makes the blip; the suffixes that it does not know are made below
ENCODERS = {
    "mp3": "-c:a libmp3lame -b:a 16k -write_xing 0", "flac": "-c:a flac", "ogg": "-c:a libvorbis -q:a 0",
    "opus": "-ar 48000 -c:a libopus -b:a 12k", "oga": "-c:a flac -f ogg", "m4a": "-c:a aac -b:a 16k", "wav": "-c:a pcm_u8",
    "aiff": "-c:a pcm_s8", "mka": "-c:a pcm_u8", "caf": "-c:a pcm_s8", "wv": "-c:a wavpack", "wma": "-c:a wmav2 -b:a 24k",
    "tta": "-c:a tta", "aac": "-c:a aac -b:a 16k -f adts", "spx": "-c:a libspeex -f ogg",
}
BLIP = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "aevalsrc=0.5*sin(2000*t)*exp(-9*t):s=16000:d=0.15"]
EXACT = ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]

# key: what ffmpeg calls it, and its value
SIMPLE = {
    "title": ("title", "Größe"), "artist": ("artist", "AC/DC"), "album": ("album", "Back in Blåck"), "genre": ("genre", "Hard Rock"),
    "album_artist": ("album_artist", "Various"), "composer": ("composer", "Young; Scott"), "date": ("date", "1980-07-25"),
    "track": ("track", "3/10"), "disc": ("disc", "1/2"),
}


def blip(name, *options):
    path = TAGGED / name
    encoder = ENCODERS[name.rsplit(".")[-1]].split()
    subprocess.run([*BLIP, *encoder, *EXACT, *options, path], check=True)
    if name.endswith("flac"):
        subprocess.run(["metaflac", "--remove", "--block-type=PADDING", "--dont-use-padding", path], check=True)
    return path


def place(text):
    number, _, total = str(text).partition("/")
    return [int(number or 0), int(total or 0)]


def row(path, by, read_by, values):
    """Keeps what the tags say: lists of texts; track and disc as number and total; the numbers as numbers."""
    say = {"file": path.name, "by": by, "read_by": read_by}
    for key, value in values.items():
        if value and value != [0, 0]:
            # What stands twice is one value.
            say[key] = list(dict.fromkeys(value)) if key in ("artists", "genres", "composers") else value
    ROWS.append(say)


def of_words(tags, separate=lambda value: list(value)):
    """Vorbis comments and APEv2."""
    tags = {key.upper().replace(" ", "").replace("_", ""): [str(text) for text in separate(value)] for key, value in tags.items()}
    get = lambda *keys: next((tags[key] for key in keys if key in tags), [])
    first = lambda *keys: (get(*keys) or [""])[0]
    track, disc = place(first("TRACKNUMBER", "TRACK")), place(first("DISCNUMBER", "DISC"))
    total = lambda found, *keys: [found[0], found[1] or int(first(*keys) or 0)]
    gain = lambda key: float(first(key).split()[0]) if first(key) else None
    r128 = lambda key: int(first(key)) / 256 + 5 if first(key) else None
    return {
        "title": first("TITLE"), "artists": get("ARTIST"), "album": first("ALBUM"), "album_artist": first("ALBUMARTIST"),
        "genres": get("GENRE"), "composers": get("COMPOSER"), "date": first("DATE", "YEAR")[:10],
        "track": total(track, "TRACKTOTAL", "TOTALTRACKS"), "disc": total(disc, "DISCTOTAL", "TOTALDISCS"),
        "bpm": float(first("BPM") or 0), "key": first("INITIALKEY", "KEY"),
        "track_gain": gain("REPLAYGAINTRACKGAIN") or r128("R128TRACKGAIN"),
        "album_gain": gain("REPLAYGAINALBUMGAIN") or r128("R128ALBUMGAIN"),
    }


def of_id3(tags):
    texts = lambda name: [str(text) for text in tags[name].text] if name in tags else []
    first = lambda name: (texts(name) or [""])[0]
    other = {frame.desc.upper(): frame.text[0] for frame in tags.getall("TXXX")}
    gain = lambda name: float(other[name].split()[0]) if name in other else None
    return {
        "title": first("TIT2"), "artists": texts("TPE1"), "album": first("TALB"), "album_artist": first("TPE2"),
        "genres": tags["TCON"].genres if "TCON" in tags else [], "composers": texts("TCOM"), "date": first("TDRC")[:10],
        "track": place(first("TRCK")), "disc": place(first("TPOS")), "bpm": float(first("TBPM") or 0), "key": first("TKEY"),
        "track_gain": gain("REPLAYGAIN_TRACK_GAIN"), "album_gain": gain("REPLAYGAIN_ALBUM_GAIN"),
    }


def of_mp4(tags):
    named = lambda name: [bytes(text).decode() for text in tags.get("----:com.apple.iTunes:" + name, [])]
    first = lambda values: (values or [""])[0]
    gain = lambda name: float(first(named(name)).split()[0]) if named(name) else None
    return {
        "title": first(tags.get("\xa9nam")), "artists": tags.get("\xa9ART", []), "album": first(tags.get("\xa9alb")),
        "album_artist": first(tags.get("aART")), "genres": tags.get("\xa9gen", []), "composers": tags.get("\xa9wrt", []),
        "date": first(tags.get("\xa9day"))[:10], "track": list(first(tags.get("trkn")) or (0, 0)),
        "disc": list(first(tags.get("disk")) or (0, 0)), "bpm": float(first(tags.get("tmpo")) or 0), "key": first(named("initialkey")),
        "track_gain": gain("REPLAYGAIN_TRACK_GAIN"), "album_gain": gain("REPLAYGAIN_ALBUM_GAIN"),
    }


def of_asf(tags):
    texts = lambda name: [str(text) for text in tags.get(name, [])]
    first = lambda name: (texts(name) or [""])[0]
    return {
        "title": first("Title"), "artists": texts("Author"), "album": first("WM/AlbumTitle"), "album_artist": first("WM/AlbumArtist"),
        "genres": texts("WM/Genre"), "composers": texts("WM/Composer"), "date": (first("WM/Year") or first("date"))[:10],
        "track": place(first("WM/TrackNumber")), "disc": place(first("WM/PartOfSet")),
        "bpm": float(first("WM/BeatsPerMinute") or 0), "key": first("WM/InitialKey"),
    }


def read(path, by):
    """What mutagen reads: of the tags of a file's own kind, or where there are none of those, of APEv2."""
    # mutagen takes an ADTS file with an ID3 tag for an MP3.
    found = mutagen.File(path) if path.suffix != ".aac" else None
    tags = found.tags if found is not None and found.tags else None
    if tags is None:
        try:
            tags = apev2.APEv2(path)
        except apev2.error:
            tags = id3.ID3(path)
    if isinstance(tags, id3.ID3):
        values = of_id3(tags)
    elif isinstance(found, MP4):
        values = of_mp4(tags)
    elif isinstance(found, ASF):
        values = of_asf(tags)
    else:
        values = of_words(tags)
    row(path, by, "mutagen", values)


def frames(encoding=3, genres=("Rock", "Pop", "Ambient Folk")):
    text = lambda kind, *values: kind(encoding=encoding, text=list(values))
    return [
        text(id3.TIT2, "Über den Wölken"), text(id3.TPE1, "Ann Fenn", "Bob/Bobby"), text(id3.TALB, "Röhre"), text(id3.TPE2, "Ann & Co"),
        text(id3.TCON, *genres), text(id3.TCOM, "C. Poser", "D. Poser"), text(id3.TDRC, "2004-05-06"), text(id3.TRCK, "3/12"),
        text(id3.TPOS, "1/2"), text(id3.TBPM, "128"), text(id3.TKEY, "Am"),
        id3.TXXX(encoding=encoding, desc="REPLAYGAIN_TRACK_GAIN", text=["-6.54 dB"]),
        id3.TXXX(encoding=encoding, desc="replaygain_album_gain", text=["-7.00 dB"]),
    ]


WORDS = {
    "TITLE": ["Über den Wölken"], "ARTIST": ["Ann Fenn", "Bob/Bobby"], "ALBUM": ["Röhre"], "ALBUMARTIST": ["Ann & Co"],
    "GENRE": ["Rock", "Pop", "Ambient Folk"], "COMPOSER": ["C. Poser", "D. Poser"], "DATE": ["2004-05-06"], "TRACKNUMBER": ["3"],
    "TRACKTOTAL": ["12"], "DISCNUMBER": ["1"], "DISCTOTAL": ["2"], "BPM": ["128"], "INITIALKEY": ["Am"],
    "REPLAYGAIN_TRACK_GAIN": ["-6.54 dB"], "REPLAYGAIN_ALBUM_GAIN": ["-7.00 dB"],
}


def by_mutagen():
    def with_id3(name, added, path=None, **how):
        path = path or blip(name)
        if name.endswith("aac"):
            tags = id3.ID3()
            [tags.add(frame) for frame in added]
            tags.save(path, padding=lambda info: 16, **how)
        else:
            file = mutagen.File(path)
            file.tags is None and file.add_tags()
            [file.tags.add(frame) for frame in added]
            file.save(padding=lambda info: 16) if not how else file.tags.save(path, padding=lambda info: 16, **how)
        read(path, "mutagen")

    for number, encoding in enumerate(["latin1", "utf16", "utf16be", "utf8"]):
        with_id3(f"id3v24_{encoding}.mp3", frames(number))
    with_id3("id3v23_slash.mp3", frames(1), v2_version=3)
    with_id3("id3v23_nul.mp3", frames(1), v2_version=3, v23_sep=None)
    with_id3("id3_numbers.mp3", frames(genres=["(51)(39)", "17", "(31)Goa"]))
    with_id3("id3.aiff", frames())
    with_id3("id3.wav", frames(1))
    with_id3("id3.tta", frames())
    with_id3("id3.aac", frames())

    # A file without samples: its header, format and data (DSF 1.01).
    dsf = TAGGED / "id3.dsf"
    form = struct.pack("<4sQIIIIIIQII", b"fmt ", 52, 1, 0, 1, 1, 2822400, 1, 32768, 4096, 0)
    data = struct.pack("<4sQ", b"data", 12 + 4096) + b"\x69" * 4096
    dsf.write_bytes(struct.pack("<4sQQQ", b"DSD ", 28, 28 + len(form + data), 0) + form + data)
    with_id3("id3.dsf", frames(), path=dsf)

    only_v1 = blip("id3v1.mp3")
    tags = id3.ID3()
    [tags.add(frame) for frame in [id3.TIT2(text="A title"), id3.TPE1(text="Bjørn"), id3.TALB(text="Disc"), id3.TCON(text="Jazz"), id3.TDRC(text="1999"), id3.TRCK(text="7")]]
    tags.save(only_v1, v1=2)
    id3.delete(only_v1, delete_v1=False)
    read(only_v1, "mutagen")

    for name in ["vorbis.flac", "vorbis.ogg", "vorbis.oga", "vorbis.spx", "vorbis.opus"]:
        file = mutagen.File(blip(name))
        words = {key: value for key, value in WORDS.items() if not name.endswith("opus") or "GAIN" not in key}
        file.update(words | ({"R128_TRACK_GAIN": ["-2954"], "R128_ALBUM_GAIN": ["-3072"]} if name.endswith("opus") else {}))
        file.save(padding=lambda info: 16)
        read(TAGGED / name, "mutagen")

    for name in ["ape.mp3", "ape.wv"]:
        path = blip(name)
        tags = apev2.APEv2()
        tags.update({key: value for key, value in WORDS.items() if not key.startswith(("TRACK", "DISC"))})
        tags["Track"], tags["Disc"] = "3/12", "1/2"
        tags.save(path)
        read(path, "mutagen")

    file = MP4(blip("itunes.m4a"))
    free = lambda *texts: [MP4FreeForm(text.encode()) for text in texts]
    file.update({
        "\xa9nam": WORDS["TITLE"], "\xa9ART": WORDS["ARTIST"], "\xa9alb": WORDS["ALBUM"], "aART": WORDS["ALBUMARTIST"],
        "\xa9gen": WORDS["GENRE"], "\xa9wrt": WORDS["COMPOSER"], "\xa9day": ["2004-05-06T07:00:00Z"], "trkn": [(3, 12)],
        "disk": [(1, 2)], "tmpo": [128], "----:com.apple.iTunes:initialkey": free("Am"),
        "----:com.apple.iTunes:REPLAYGAIN_TRACK_GAIN": free("-6.54 dB"), "----:com.apple.iTunes:REPLAYGAIN_ALBUM_GAIN": free("-7.00 dB"),
        "covr": [b"\xff\xd8\xff" + bytes(200)],
    })
    file.save(padding=lambda info: 16)
    read(TAGGED / "itunes.m4a", "mutagen")

    file = ASF(blip("asf.wma"))
    file.update({
        "Title": "Über den Wölken", "Author": "Ann Fenn", "WM/AlbumTitle": "Röhre", "WM/AlbumArtist": "Ann & Co", "WM/Genre": WORDS["GENRE"],
        "WM/Composer": WORDS["COMPOSER"], "WM/Year": "2004-05-06", "WM/TrackNumber": "3/12", "WM/PartOfSet": "1/2",
        "WM/BeatsPerMinute": "128", "WM/InitialKey": "Am",
    })
    file.save(padding=lambda info: 16)
    read(TAGGED / "asf.wma", "mutagen")


def by_ffmpeg():
    metadata = [word for key, value in SIMPLE.values() for word in ("-metadata", f"{key}={value}")]
    for name, more in {
        "ff_v24.mp3": "", "ff_v23.mp3": "-id3v2_version 3", "ff_v1.mp3": "-write_id3v1 1", "ff.flac": "", "ff.ogg": "", "ff.opus": "",
        "ff.m4a": "", "ff.aiff": "-write_id3v2 1", "ff.wma": "", "ff.wv": "", "ff.tta": "",
    }.items():
        read(blip(name, *metadata, *more.split()), "ffmpeg")
    # Neither is read by mutagen. A RIFF has no place for the artist of an album and for discs, and what ffmpeg has of them.
    asked = {key: value for key, (_, value) in SIMPLE.items()}
    all_of = {
        "title": asked["title"], "artists": [asked["artist"]], "album": asked["album"], "genres": [asked["genre"]],
        "date": asked["date"], "track": place(asked["track"]),
    }
    rest = {"album_artist": asked["album_artist"], "composers": [asked["composer"]], "disc": place(asked["disc"])}
    row(blip("ff.wav", *metadata), "ffmpeg", "written", all_of)
    row(blip("ff.mka", *metadata), "ffmpeg", "written", all_of | rest)
    row(blip("ff.caf", *metadata), "ffmpeg", "written", all_of | rest)


def by_metaflac():
    path = blip("metaflac.flac")
    words = [f"--set-tag={key}={value}" for key, values in WORDS.items() for value in values]
    subprocess.run(["metaflac", "--dont-use-padding", *words, path], check=True)
    read(path, "metaflac")


def by_kid3():
    fields = {
        "title": "Über den Wölken", "artist": "Ann Fenn", "album": "Röhre", "genre": "Rock", "date": "2004-05-06", "track number": "3",
        "album artist": "Ann & Co", "composer": "C. Poser", "bpm": "128", "disc number": "1",
    }
    for name in ["kid3.mp3", "kid3.flac", "kid3.opus", "kid3.spx", "kid3.m4a", "kid3.wma", "kid3.aiff", "kid3.wv"]:
        path = blip(name)
        with tempfile.TemporaryDirectory() as home:
            commands = [word for key, value in fields.items() for word in ("-c", f"set '{key}' '{value}'")]
            subprocess.run(["kid3-cli", *commands, "-c", "save", path], check=True, capture_output=True,
                           env={"PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"})
        read(path, "kid3-cli")


def tag(version, *frames, flags=0, size=None):
    body = b"".join(frames)
    length = len(body) if size is None else size
    return b"ID3" + bytes([version, 0, flags]) + bytes(length >> shift & 0x7f for shift in (21, 14, 7, 0)) + body


def frame(name, text, encoding=3, size=None, flags=b"\0\0", plain=True):
    data = bytes([encoding]) + (text if isinstance(text, bytes) else text.encode({0: "latin1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}[encoding]))
    size = len(data) if size is None else size
    sizes = struct.pack(">I", size) if plain else bytes(size >> shift & 0x7f for shift in (21, 14, 7, 0))
    return name.encode() + sizes + flags + data


def broken():
    """Each file has its right values; mutagen reads most of them so, too."""
    with tempfile.TemporaryDirectory() as folder:
        global TAGGED
        kept, TAGGED = TAGGED, pathlib.Path(folder)
        audio = blip("blip.mp3").read_bytes()
        m4a = MP4(blip("blip.m4a"))
        m4a["\xa9nam"], m4a["\xa9gen"] = "After the genre", ["x"]
        m4a.save(padding=lambda info: 16)
        m4a = (TAGGED / "blip.m4a").read_bytes()
        ogg = blip("blip.ogg", "-metadata", "title=In the stream").read_bytes()
        flac = blip("blip.flac", "-metadata", "title=In the block").read_bytes()
        wav = blip("blip.wav").read_bytes()
        TAGGED = kept

    def put(name, bytes, **values):
        (TAGGED / name).write_bytes(bytes)
        row(TAGGED / name, "bytes", "hand", values)

    long = "A long title " + 20 * "of words "
    # Sizes of 2.4 that are not synchsafe: those of old iTunes.
    put("plain_sizes.mp3", tag(4, frame("TIT2", long), frame("TPE1", "Ann"), frame("TCON", "Rock\0Pop")) + audio,
        title=long.strip(), artists=["Ann"], genres=["Rock", "Pop"])
    put("synchsafe_sizes.mp3", tag(4, frame("TIT2", long, plain=False), frame("TPE1", "Ann", plain=False), bytes(300)) + audio,
        title=long.strip(), artists=["Ann"])
    # UTF-16 without its mark, in both orders; a mark for the first value only; a mark on each.
    put("utf16_no_mark.mp3", tag(3, frame("TIT2", "Tonight".encode("utf-16-le"), 1), frame("TALB", "Größe".encode("utf-16-be"), 1),
        frame("TPE1", b"\xff\xfe" + "Ann\0Bob".encode("utf-16-le"), 1), frame("TCON", "Rock".encode("utf-16") + b"\0\0" + "Pop".encode("utf-16"), 1)) + audio,
        title="Tonight", album="Größe", artists=["Ann", "Bob"], genres=["Rock", "Pop"])
    # An encoding that does not exist, bytes that are no UTF-8, a size beyond the tag, one that is too short, no frame at all.
    put("bad_frames.mp3", tag(4, frame("TIT2", "Kept"), frame("TALB", b"Lost", 9), frame("TKEY", b"\xff\xfe\xfd", 3), frame("TPE1", "Ann", size=99999),
        frame("TBPM", "120", size=1), frame("TCOM", "Cleo"), b"\xde\xad\xbe\xef" * 4, frame("TCON", "Jazz")) + audio,
        title="Kept", artists=["Ann"], composers=["Cleo"], genres=["Jazz"])
    # The first of two tags counts; the second adds what it leaves out.
    put("two_tags.mp3", tag(3, frame("TIT2", "First", 0), frame("TPE1", "Ann", 0)) + tag(4, frame("TIT2", "Second"), frame("TALB", "Second album")) + audio,
        title="First", artists=["Ann"], album="Second album")
    put("id3v22.mp3", tag(2, b"TT2\0\0\6\0Title", b"TP1\0\0\4\0Ann", b"TCO\0\0\5\0(17)", b"TYE\0\0\5\0" + b"1987", b"TRK\0\0\4\0" + b"4/9") + audio,
        title="Title", artists=["Ann"], genres=["Rock"], date="1987", track=[4, 9])
    put("ids_of_22.mp3", tag(3, b"TT2\0\0\0\0\6\0\0\0Title", b"TP1\0\0\0\0\4\0\0\0Ann") + audio, title="Title", artists=["Ann"])
    put("year_and_day.mp3", tag(3, frame("TYER", "2004", 0), frame("TDAT", "0605", 0), frame("TCON", "(51)(39)", 0)) + audio,
        date="2004-05-06", genres=["Techno-Industrial", "Noise"])
    unsynchronised = lambda data: data.replace(b"\xff", b"\xff\0")
    put("unsynchronised_23.mp3", tag(3, unsynchronised(frame("TIT2", "\xffs", 0) + frame("TPE1", "Zoë\0Ann", 1)), flags=0x80) + audio,
        title="\xffs", artists=["Zoë", "Ann"])
    title = unsynchronised(b"\1" + "ÿs".encode("utf-16"))
    put("unsynchronised_24.mp3", tag(4, b"TIT2\0\0\0" + bytes([len(title) + 4]) + b"\0\3\0\0\0\7" + title, frame("TPE1", "Ann")) + audio, title="ÿs", artists=["Ann"])
    put("no_extended_header.mp3", tag(3, frame("TIT2", "Title", 0), flags=0x40) + audio, title="Title")
    put("extended_header.mp3", tag(4, b"\0\0\0\6\1\0", frame("TIT2", "Title"), flags=0x40) + audio, title="Title")

    # ID3v2, APEv2 and ID3v1 in one file: the fuller one counts, field by field.
    cut = "A title that is too long for t"
    item = lambda key, value: struct.pack("<II", len(value.encode()), 0) + key.encode() + b"\0" + value.encode()
    items = [item("Title", cut + "he old tag"), item("Artist", "Ann\0Bob"), item("Genre", "Folk"), item("Year", "2004")]
    ape = b"".join(items)
    footer = lambda flags: b"APETAGEX" + struct.pack("<IIIIQ", 2000, len(ape) + 32, len(items), flags, 0)
    v1 = b"TAG" + cut.encode() + b"Ann".ljust(30, b"\0") + "Röhre".encode("latin1").ljust(30, b"\0") + b"2004" + bytes(29) + b"\5" + bytes([9])
    put("three_kinds.mp3", tag(3, frame("TIT2", cut, 0), frame("TPE1", "Ann", 0), frame("TCON", "Rock", 0)) + audio + ape + footer(0) + v1,
        title=cut + "he old tag", artists=["Ann", "Bob"], album="Röhre", genres=["Rock"], date="2004", track=[5, 0])
    put("ape_in_front.mp3", footer(0xa0000000) + ape + footer(0x80000000) + audio, title=cut + "he old tag", artists=["Ann", "Bob"], genres=["Folk"], date="2004")
    lyrics = b"LYRICSBEGIN" + b"IND0000200" + b"000021LYRICS200"
    put("lyrics3.mp3", audio + ape + footer(0) + lyrics + v1, title=cut + "he old tag", artists=["Ann", "Bob"], album="Röhre", genres=["Folk"], date="2004", track=[5, 0])
    put("id3.ogg", tag(4, frame("TIT2", "In front"), frame("TPE1", "Ann")) + ogg, title="In the stream", artists=["Ann"])
    put("id3.flac", tag(4, frame("TIT2", "In front"), frame("TPE1", "Ann")) + flac + v1, title="In the block", artists=["Ann"], album="Röhre", genres=["Metal"], date="2004", track=[5, 0])

    # The genre as a number, as iTunes wrote it; and a `meta` without its version.
    genre = lambda kind, data: struct.pack(">I4s", len(data) + 8, kind) + data
    put("gnre.m4a", m4a.replace(genre(b"\xa9gen", genre(b"data", b"\0\0\0\1\0\0\0\0x")), genre(b"gnre", genre(b"data", bytes(8) + b"\x12"))), title="After the genre", genres=["Rock"])

    # An odd chunk without the byte that makes it even; sizes that streams leave at -1; and RF64.
    chunk = lambda name, data: name + struct.pack("<I", len(data)) + data
    info = chunk(b"LIST", b"INFO" + chunk(b"INAM", b"Title\0") + chunk(b"IART", "Zoë\0".encode("latin1")) + chunk(b"ITRK", b"3\0"))
    head, data = wav[:36], bytes([128]) * 401
    values = dict(title="Title", artists=["Zoë"], track=[3, 0])
    put("odd_chunk.wav", head + chunk(b"data", data) + info, **values)
    put("stream.wav", head[:4] + b"\xff" * 4 + head[8:] + info + b"data" + b"\xff" * 4 + data, **values)
    sizes = b"ds64" + struct.pack("<IQQQI", 28, 0, 400, 400, 0)
    put("rf64.wav", b"RF64" + b"\xff" * 4 + b"WAVE" + sizes + head[12:] + b"data" + b"\xff" * 4 + data[:400] + info, **values)


def main():
    TAGGED.mkdir(exist_ok=True)
    by_mutagen(), by_ffmpeg(), by_metaflac(), by_kid3(), broken()
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS)
    (TAGGED / "tags.json").write_text(f"[\n{rows}\n]\n")


if __name__ == "__main__":
    main()
