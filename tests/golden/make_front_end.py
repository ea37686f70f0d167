"""Expected inputs of networks for every option of a front end, made with librosa and NumPy of a signal that a test can make
again.

    pip install librosa
    python make_front_end.py > front_end.json

Each case has the `[front_end]` of a model as JSON, the shape (frames, bands) and every 13th value, frame after frame.
`fill` has the same for a track of half a second in a window of 96 frames. librosa makes all but `tensorflow`, which
follows tf.signal: a frame is `win_length` samples long and has zeros behind it, and filters are straight in mel.
"""
import json
import sys

import librosa
import numpy as np

from make_dsp import noise

RATE = 16000
LENGTH = 8000
EVERY = 13


def signal():
    """A noise that swells by 120 dB, and a tone."""
    t = np.arange(LENGTH) / RATE
    wave = noise(LENGTH) * 10 ** (-6 + 12 * t) + 0.02 * np.sin(2 * np.pi * 440 * t) * (t > 0.25)
    return wave.astype(np.float32)


def spectrum(y, case):
    """Magnitudes, bins x frames."""
    win = case.get("win_length", case["n_fft"])
    if case["slopes"] == "mel":
        frames = librosa.util.frame(y, frame_length=win, hop_length=case["hop"]).astype(np.float64)
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(win) / win)
        return np.abs(np.fft.rfft(frames * hann[:, None], n=case["n_fft"], axis=0))
    mode = {"reflect": "reflect", "zeros": "constant", "none": "constant"}[case["padding"]]
    return np.abs(librosa.stft(y, n_fft=case["n_fft"], win_length=win, hop_length=case["hop"],
                               center=case["padding"] != "none", pad_mode=mode))


def filters(case):
    """Weights, bands x bins."""
    if case["slopes"] == "hertz":
        norm = "slaney" if case["norm"] == "slaney" else None
        return librosa.filters.mel(sr=RATE, n_fft=case["n_fft"], n_mels=case["bands"], fmin=case["fmin"], fmax=case["fmax"],
                                   htk=case["scale"] == "htk", norm=norm)
    mel = lambda hz: 1127 * np.log1p(hz / 700)
    bins = mel(np.arange(case["n_fft"] // 2 + 1) * RATE / case["n_fft"])
    edges = np.linspace(mel(case["fmin"]), mel(case["fmax"]), case["bands"] + 2)
    low, peak, high = (edges[i:len(edges) - 2 + i, None] for i in range(3))
    return np.maximum(0, np.minimum((bins - low) / (peak - low), (high - bins) / (high - peak)))


def logarithm(x, case):
    log, gain = case["log"], case.get("gain")
    if log == "db":
        return librosa.power_to_db(x, ref=1.0, amin=case["amin"], top_db=case.get("top_db"))
    x = np.maximum(x, case.get("amin", 0)) + case.get("log_offset", 0)
    return {"ln": lambda: np.log(x), "log10": lambda: np.log10(x), "log10-1p": lambda: np.log10(1 + gain * x),
            "ln-1p": lambda: np.log1p(gain * x)}[log]()


def levels(y, case):
    return logarithm(filters(case) @ spectrum(y, case) ** case["power"], case).T


def front_end(**options):
    base = {"kind": "log-mel", "n_fft": 512, "hop": 160, "taper": "hann", "padding": "none", "power": 2, "bands": 64,
            "scale": "slaney", "norm": "slaney", "slopes": "hertz", "fmin": 0.0, "fmax": 8000.0}
    return base | options


CASES = {
    "musicnn": front_end(hop=256, bands=96, log="log10-1p", gain=10000.0),
    "tensorflow": front_end(win_length=400, power=1, scale="htk", norm="none", slopes="mel", fmin=125.0, fmax=7500.0, log="ln",
                            log_offset=0.001),
    "short frames in decibels": front_end(win_length=400, padding="reflect", scale="htk", log="db", amin=1e-10, top_db=40.0),
    "odd frames": front_end(win_length=401, padding="zeros", power=1, norm="none", log="log10", amin=1e-5),
    "one more": front_end(hop=200, padding="reflect", power=1, bands=40, log="ln-1p", gain=5.0),
    "offset over a floor": front_end(padding="zeros", scale="htk", norm="none", log="log10", amin=1e-6, log_offset=1e-4),
}


def expected(y, case):
    values = levels(y, case)
    return {"front_end": case, "shape": values.shape, "values": [float(f"{v:.7g}") for v in values.ravel()[::EVERY]]}


def main():
    y = signal()
    window = 95 * 256 + 512
    filled = {"zeros": np.pad(y, (0, window - LENGTH)), "repeat": np.resize(y, window)}
    json.dump({"cases": {name: expected(y, case) for name, case in CASES.items()},
               "fill": {how: expected(wave, CASES["musicnn"]) for how, wave in filled.items()}}, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
