"""Expected numbers for the built-in vector and the resampler, made with librosa of signals that a test can make again.

    pip install librosa
    python make_dsp.py ../../../shared/reference/librosa.json > dsp.json

`spread` is the standard deviation of each of the 67 columns over the songs of librosa.json: the yardstick of the tests.
`vectors` are the features of three signals at 22 050 Hz; `resampled` is every 211th sample of a noise that soxr's high quality
took from one rate to another.
"""
import json
import sys

import librosa
import numpy as np

RATE = 22050
SHAPES = ("centroid", "bandwidth", "flatness", "rolloff", "zcr")


def noise(length):
    """Numerical Recipes' linear congruential generator, upper 24 bits, in [-0.5, 0.5)."""
    state, out = 1, np.empty(length)
    for i in range(length):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = (state >> 8) / 2**24 - 0.5
    return out


def signals():
    t = np.arange(6 * RATE) / RATE
    hiss = noise(len(t))
    since = (t * 2) % 1 / 2
    decay = np.exp(-8 * since)
    tones = sum(np.sin(2 * np.pi * 220 * k * t) / k for k in (1, 2, 3, 5, 8, 13))
    return {
        "hiss": 0.2 * hiss,
        "plucked": 0.1 * decay * tones + 0.02 * hiss * np.exp(-40 * since),
        "fade": hiss * 10 ** (-5 + 5 * t / 6) + 0.05 * np.sin(2 * np.pi * 3000 * t * t / 6),
    }


def features(y):
    power = np.abs(librosa.stft(y, n_fft=2048, hop_length=512)) ** 2
    magnitude = np.sqrt(power)
    db = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=RATE))
    mfcc = librosa.feature.mfcc(S=db, n_mfcc=13)
    contrast = librosa.feature.spectral_contrast(S=magnitude, sr=RATE)
    shape = [librosa.feature.spectral_centroid(S=magnitude, sr=RATE), librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE),
             librosa.feature.spectral_flatness(S=magnitude), librosa.feature.spectral_rolloff(S=magnitude, sr=RATE),
             librosa.feature.zero_crossing_rate(y)]
    onset = librosa.onset.onset_strength(S=db, sr=RATE)
    tempo, beats = librosa.beat.beat_track(y=y, sr=RATE)
    return np.concatenate([
        mfcc.mean(axis=1), mfcc.std(axis=1), librosa.feature.delta(mfcc).std(axis=1), contrast.mean(axis=1), contrast.std(axis=1),
        [v.mean() for v in shape], [v.std() for v in shape],
        [onset.mean(), onset.std(), len(beats) / (len(y) / RATE), np.atleast_1d(tempo)[0]]])


def vector(song):
    shape = [song["shape"][name] for name in SHAPES]
    return (song["mfcc_mean"] + song["mfcc_std"] + song["delta_std"] + song["contrast_mean"] + song["contrast_std"]
            + [mean for mean, _ in shape] + [std for _, std in shape] + song["onset"] + [song["tempo"]])


def plain(values):
    return [float(f"{v:.7g}") for v in values]


def main():
    songs = json.load(open(sys.argv[1]))["files"].values()
    resampled = []
    for from_hz, to_hz in ((44100, 22050), (48000, 22050), (32000, 22050), (96000, 22050), (8000, 22050), (11025, 22050), (44100, 32000)):
        y = noise(from_hz // 2 + 1).astype(np.float32)
        z = librosa.resample(y, orig_sr=from_hz, target_sr=to_hz)
        resampled.append({"from": from_hz, "to": to_hz, "length": len(z), "samples": plain(z[::211])})
    json.dump({
        "spread": plain(np.std([vector(song) for song in songs], axis=0)),
        "vectors": {name: plain(features(y.astype(np.float32))) for name, y in signals().items()},
        "resampled": resampled,
    }, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
