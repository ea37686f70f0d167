"""Expected timbre of signals that a test can make again, with librosa and numpy. `make_dsp.py` beside it makes the signals.

    pip install librosa
    python make_timbre.py ../../../shared/reference > timbre.json        (needs ffmpeg)

The functions are those of make_timbre_reference.py in that folder, and the gate before them: frames whose power is 50 dB or
more below the loudest one's are left out. `spread` is the standard deviation of each of the 401 values over the songs of
its timbre.json: the yardstick of the tests. `vectors` are tempo and timbre of signals at 22 050 Hz. `files` are the two that
the reference had decoded to 16 bits, without gate, from 32 bits.
"""
import json
import subprocess
import sys
import tempfile

import librosa
import numpy as np

import make_dsp

sys.path.insert(0, sys.argv[1])
import make_timbre_reference as reference  # noqa: E402


def timbre(y):
    level, contrast = reference.frames(y)
    loudness = 10 * np.log10(np.maximum((np.abs(librosa.stft(y)) ** 2).sum(axis=0), 1e-10))
    heard = loudness > loudness.max() - 50
    level, contrast = level[heard], contrast[heard]
    onset = reference.onset(level)
    return np.concatenate([[reference.tempo(onset)], reference.gaussian(level, contrast), reference.rhythm(onset)])


def signals():
    """The three of make_dsp, one that is silent in the middle, and one of 1.2 s."""
    made = make_dsp.signals()
    gap = np.concatenate([made["plucked"], np.zeros(3 * make_dsp.RATE), made["hiss"]])
    return {**made, "gap": gap, "short": made["plucked"][: 6 * make_dsp.RATE // 5]}


def in_32_bits(name):
    with tempfile.NamedTemporaryFile(suffix=".wav") as wave:
        decode = ["ffmpeg", "-v", "error", "-y", "-i", f"{sys.argv[1]}/../{name}", "-c:a", "pcm_f32le", wave.name]
        subprocess.run(decode, check=True)
        y, _ = librosa.load(wave.name, sr=make_dsp.RATE, mono=True)
    level, contrast = reference.frames(y)
    return np.concatenate([reference.gaussian(level, contrast), reference.rhythm(reference.onset(level))])


def main():
    songs = json.load(open(sys.argv[1] + "/timbre.json")).values()
    spread = np.std([song["timbre"] for song in songs if "timbre" in song], axis=0)
    vectors = {name: make_dsp.plain(timbre(y.astype(np.float32))) for name, y in signals().items()}
    names = ("music/tuxemon__JRPG_labyrinth_loop_45s.m4a", "music/unknown_horizons__music2_8s_alac.m4a")
    files = {name: make_dsp.plain(in_32_bits(name)) for name in names}
    golden = {"spread": make_dsp.plain(spread), "vectors": vectors, "files": files}
    json.dump(golden, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
