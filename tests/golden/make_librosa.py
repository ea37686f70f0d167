"""What librosa computes for the clips: the 67 values of the `mfcc` vector.

    pip install librosa numpy            (and ffmpeg on the PATH)
    python make_librosa.py > librosa.json

Every clip is decoded by ffmpeg to float and mixed to mono as the mean of its channels, encoder delays trimmed, then
resampled by librosa (soxr_hq) to 22 050 Hz. All columns follow from one power spectrogram (n_fft 2048, hop 512, periodic
Hann, centred with zero padding) and one mel spectrogram (128 Slaney bands, power_to_db with amin 1e-10 and top_db 80);
beat_track's onset envelope is its own (aggregate=np.median).
"""
import json
import pathlib
import subprocess
import sys

import librosa
import numpy as np

CLIPS = pathlib.Path(__file__).parent.parent / "clips"
RATE = 22050


def load(path):
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels", "-of", "csv=p=0", path]
    rate, channels = (int(v) for v in subprocess.check_output(probe, text=True).split(","))
    raw = subprocess.check_output(["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"])
    wave = np.frombuffer(raw, "<f4").reshape(-1, channels).mean(axis=1)
    return librosa.resample(wave, orig_sr=rate, target_sr=RATE)


def features(y):
    power = np.abs(librosa.stft(y, n_fft=2048, hop_length=512)) ** 2
    magnitude = np.sqrt(power)
    db = librosa.power_to_db(librosa.feature.melspectrogram(S=power, sr=RATE))
    mfcc = librosa.feature.mfcc(S=db, n_mfcc=13)
    contrast = librosa.feature.spectral_contrast(S=magnitude, sr=RATE)
    shape = np.vstack([
        librosa.feature.spectral_centroid(S=magnitude, sr=RATE),
        librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE),
        librosa.feature.spectral_flatness(S=magnitude),
        librosa.feature.spectral_rolloff(S=magnitude, sr=RATE),
        librosa.feature.zero_crossing_rate(y),
    ])
    onset = librosa.onset.onset_strength(S=db, sr=RATE)
    tempo, beats = librosa.beat.beat_track(y=y, sr=RATE)
    return {
        "seconds": len(y) / RATE,
        "mfcc_mean": mfcc.mean(axis=1),
        "mfcc_std": mfcc.std(axis=1),
        "delta_std": librosa.feature.delta(mfcc).std(axis=1),
        "contrast_mean": contrast.mean(axis=1),
        "contrast_std": contrast.std(axis=1),
        "shape_mean": shape.mean(axis=1),
        "shape_std": shape.std(axis=1),
        "onset": [onset.mean(), onset.std(), len(beats) / (len(y) / RATE)],
        "tempo": tempo.item(),
    }


def plain(value):
    """Seven digits, which is what a float holds."""
    return float(f"{value:.7g}") if np.isscalar(value) else [plain(v) for v in np.asarray(value, dtype=float)]


def main():
    files = sorted(p for p in CLIPS.iterdir() if p.suffix != ".py")
    rows = {p.name: {k: plain(v) for k, v in features(load(p)).items()} for p in files}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(row)}" for name, row in rows.items())
    sys.stdout.write(f'{{"librosa": "{librosa.__version__}", "files": {{\n{lines}\n}}}}\n')


if __name__ == "__main__":
    main()
