"""Tempo and beat counts of synthetic onset envelopes, made with librosa.

    pip install librosa numpy
    python make_tempo.py > tempo.json

An envelope is its recipe: `click` decaying by half from one click to the next (`period` frames apart, from frame 0; 0:
none), plus `noise` times a uniform number (top 24 bits of Knuth's 64-bit generator, started at `seed`), all of it fading
by `fade` to the end; what is below `floor` is 0. src/extract/tempo.rs makes the same envelopes. librosa gives no answer
for fewer than two frames.
"""
import json
import sys

import librosa
import numpy as np


def envelope(frames, period, click, noise, fade, floor, seed):
    values, level, state = [], 0.0, seed
    for i in range(frames):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        level = 1.0 if period > 0 and i % period < 1 else level * 0.5
        value = (click * level + noise * ((state >> 40) / 2**24)) * (1.0 - fade * i / frames)
        values.append(value if value >= floor else 0.0)
    return np.array(values, dtype=np.float32)


def cases():
    """(frames, period, click, noise, fade, floor)"""
    for bpm in (50, 61, 76, 90, 100, 111, 120, 128, 140, 150, 174, 200, 240, 300):
        for frames, noise in ((430, 0.2), (1292, 0.5), (2584, 1.5)):
            yield frames, round(60 * 22050 / 512 / bpm, 3), 2.0, noise, 0.0, 0.0
    for frames in (50, 200, 344, 700, 1292, 5000):
        yield frames, 0.0, 0.0, 1.0, 0.0, 0.0           # noise alone
        yield frames, 0.0, 0.0, 3.0, 0.9, 2.7           # rare onsets, fading
        yield frames, 19.5, 4.0, 0.3, 1.0, 0.1          # a click fading to digital silence
    for frames in (2, 3, 5, 10, 20, 30, 44, 100):
        yield frames, 0.0, 0.0, 1.0, 0.0, 0.0           # very short
    yield 600, 0.0, 0.0, 0.0, 0.0, 0.0                  # no onset at all
    yield 500, 300.0, 1.0, 0.0, 0.0, 0.6                # two onsets
    yield 800, 21.0, 1e-20, 0.0, 0.0, 0.0               # nearly nothing
    yield 800, 21.0, 1e15, 0.0, 0.0, 0.0                # far too much


def main():
    out = []
    for seed, case in enumerate(cases()):
        tempo, beats = librosa.beat.beat_track(onset_envelope=envelope(*case, seed), sr=22050)
        out.append({"case": [*case, seed], "bpm": round(float(np.atleast_1d(tempo)[0]), 6), "beats": len(beats)})
    sys.stdout.write("[\n" + ",\n".join(json.dumps(row) for row in out) + "\n]\n")


if __name__ == "__main__":
    main()
