#!/usr/bin/env python3
"""Makes odd/, but he_aac.*: streams that go on with other parameters, headers that lie, and what is no music, with what is right in
expected.json. Needs ffmpeg with libopus, libvorbis and libmp3lame. HE-AAC, which ffmpeg does not write, is the same chord by
fdk-aac, versions 1 and 2 at 48 and 32 kbit/s."""

import json
import struct
import subprocess
from pathlib import Path

HERE = Path(__file__).parent / "odd"
EXPECTED = {}


def ffmpeg(*arguments):
    command = ["ffmpeg", "-v", "error", "-y", "-fflags", "+bitexact", *map(str, arguments)]
    subprocess.run(command, check=True)


def tones(name, seconds, *arguments, rate=44100, source=None):
    """A chord in stereo, its two channels apart in pitch."""
    left, right = "sin(2*PI*220*t)+0.5*sin(2*PI*554*t)", "sin(2*PI*330*t)+0.5*sin(2*PI*831*t)"
    source = source or f"aevalsrc='0.2*({left})|0.2*({right})':s={rate}:d={seconds}"
    path = HERE / name
    ffmpeg("-f", "lavfi", "-i", source, "-flags", "+bitexact", *arguments, path)
    return path


def expect(name, **values):
    EXPECTED[name] = values


def join(name, parts, **values):
    (HERE / name).write_bytes(b"".join(part.read_bytes() for part in parts))
    for part in parts:
        part.unlink()
    expect(name, **values)


def opus():
    for name in ("plain.opus", "plain.webm", "opus.mp4", "opus.caf"):
        tones(name, 2, "-c:a", "libopus", "-b:a", "32k")
        # Only Ogg says to the sample where the sound ends.
        expect(name, codec="opus", rate=48000, seconds=2.0, slack=0.001 if name == "plain.opus" else 0.021)
    pan = "pan=5.1|FL=FL|FR=FR|FC=0.5*FL|LFE=0.1*FL|BL=0.3*FL|BR=0.3*FR"
    tones("surround.opus", 1, "-af", pan, "-c:a", "libopus", "-mapping_family", "1", "-b:a", "96k")
    expect("surround.opus", codec="opus", rate=48000, seconds=1.0)
    # Cut out of a longer stream: it begins at a later time.
    long = tones("long.opus", 6, "-c:a", "libopus", "-b:a", "32k")
    ffmpeg("-ss", "3", "-i", long, "-c", "copy", "-copyts", HERE / "late.opus")
    long.unlink()
    expect("late.opus", codec="opus", rate=48000, seconds=3.0)


def changing_streams():
    mp3 = ["-c:a", "libmp3lame", "-b:a", "32k", "-id3v2_version", "0", "-write_id3v1", "0"]
    bare = [*mp3, "-write_xing", "0"]
    parts = [tones("a.mp3", 1, *bare, rate=48000), tones("b.mp3", 4, *bare)]
    join("rates.mp3", parts, codec="mp3", rate=48000, seconds=5.0, slack=0.15)
    parts = [tones("a.mp3", 1, *mp3), tones("b.mp3", 3, *mp3), tones("c.mp3", 2, *mp3)]
    join("joined.mp3", parts, codec="mp3", rate=44100, seconds=6.0, slack=0.15)
    aac = ["-c:a", "aac", "-b:a", "32k"]
    parts = [tones("a.aac", 1, *aac, rate=48000), tones("b.aac", 4, *aac), tones("c.aac", 1, *aac, "-ac", "1")]
    join("rates.aac", parts, codec="aac", rate=48000, seconds=6.0, slack=0.2)
    for codec, suffix in (("libvorbis", "ogg"), ("libopus", "opus"), ("flac", "oga")):
        encode = ["-c:a", codec, "-b:a", "48k"]
        parts = [
            tones(f"a.{suffix}", 1, *encode, "-ac", "1", rate=16000),
            tones(f"b.{suffix}", 2, *encode, rate=8000),
        ]
        join(f"chained.{suffix}", parts, rate=48000 if suffix == "opus" else 16000, seconds=3.0)


def lying_headers():
    # Promises 10 s where 6 s are, and 100 s where 6 s are.
    for name, promised, values in (
        ("promises_10.flac", 10, {"seconds": 6.0, "partial": True}),
        ("promises_100.flac", 100, {"kind": "truncated"}),
    ):
        path = tones(name, 6, "-c:a", "flac", "-ac", "1", rate=4000)
        data = bytearray(path.read_bytes())
        # STREAMINFO: the last 36 bits before the digest count the samples.
        number = int.from_bytes(data[18:26], "big")
        number = number >> 36 << 36 | promised * 4000
        data[18:26] = number.to_bytes(8, "big")
        path.write_bytes(data)
        expect(name, **values)
    for name in ("rf64.wav", "bw64.wav"):
        path = tones(name, 1, "-c:a", "pcm_s16le", "-ac", "1", "-rf64", "always", rate=8000)
        path.write_bytes(name[:4].upper().encode() + path.read_bytes()[4:])
        expect(name, codec="pcm_s16le", rate=8000, seconds=1.0)
    path = tones("w64.w64", 1, "-c:a", "pcm_s16le", "-ac", "1", rate=8000)
    path.rename(HERE / "w64.wav")
    expect("w64.wav", codec="pcm_s16le", rate=8000, seconds=1.0)
    for name, riff, data in (("zero", 0, 0), ("stream", 0xFFFFFFFF, 0xFFFFFFFF), ("small", 100, 64)):
        path = tones(f"{name}_sizes.wav", 1, "-c:a", "pcm_s16le", "-ac", "1", rate=8000)
        content = bytearray(path.read_bytes())
        at = content.index(b"data")
        content[4:8], content[at + 4 : at + 8] = struct.pack("<I", riff), struct.pack("<I", data)
        path.write_bytes(content)
        expect(path.name, codec="pcm_s16le", rate=8000, seconds=1.0)
    path = tones("bytes_behind.caf", 1, "-c:a", "pcm_s16be", "-ac", "1", rate=8000)
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    expect(path.name, rate=8000, seconds=1.0)


def he_aac():
    for name in ("he_aac.aac", "he_aac_v2.aac", "he_aac.m4a"):
        expect(name, by="symphonia 0.6.1, the core of HE-AAC", rate=22050, seconds=2.0, slack=0.25)


def no_music():
    video = tones("video.ts", 2, "-c:a", "libmp3lame", "-b:a", "32k", "-f", "mpegts")
    video.rename(HERE / "transport_stream.mp3")
    expect("transport_stream.mp3", kind="not audio")
    # Samples in which a decoder finds a frame of MPEG audio now and then.
    samples = tones("samples.raw", 1, "-f", "s16le", "-ac", "1", rate=16000)
    frame = tones("frame.mp3", 0.2, "-c:a", "libmp3lame", "-b:a", "32k", "-write_xing", "0", "-id3v2_version", "0")
    noise = samples.read_bytes()
    (HERE / "samples.mp3").write_bytes(frame.read_bytes() + noise)
    samples.unlink()
    frame.unlink()
    expect("samples.mp3", kind="not audio")
    # Twenty minutes from a few kilobytes.
    tones("bomb.flac", 0, "-c:a", "flac", "-frame_size", "65535", source="anullsrc=r=44100:cl=mono:d=1200")
    expect("bomb.flac", kind="not audio")


def channels():
    inverted = "aevalsrc='0.2*sin(2*PI*220*t)|-0.2*sin(2*PI*220*t)':s=8000:d=2"
    tones("inverted.flac", 2, "-c:a", "flac", "-sample_fmt", "s16", source=inverted)
    expect("inverted.flac", seconds=2.0, rms=0.1414)
    one = "aevalsrc='0|0.2*sin(2*PI*220*t)':s=8000:d=2"
    tones("one_silent.flac", 2, "-c:a", "flac", "-sample_fmt", "s16", source=one)
    expect("one_silent.flac", seconds=2.0, rms=0.0707)


HERE.mkdir(exist_ok=True)
for old in HERE.iterdir():
    if not old.name.startswith(("he_aac", ".")):
        old.unlink()
for make in (opus, changing_streams, lying_headers, he_aac, no_music, channels):
    make()
(HERE / "expected.json").write_text(json.dumps(EXPECTED, indent=1) + "\n")
