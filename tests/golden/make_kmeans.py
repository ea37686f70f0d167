"""scikit-learn's KMeans on the clips: 3 clusters, 10 starts, seed 42.

    pip install scikit-learn librosa numpy
    python make_kmeans.py ../../../shared/reference > kmeans.json        (needs ffmpeg)

`report`: 13 MFCC means and the tempo of librosa.json, unscaled. `default`: the timbre that make_timbre.py computes, its
Gaussian centred and of unit length, its rhythm standardised and half as long. The numbers of the clusters mean nothing, only
which clips share one.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import librosa
import numpy as np
from sklearn.cluster import KMeans

import make_timbre

ROWS = json.loads((pathlib.Path(__file__).parent / "librosa.json").read_text())["files"]


def report(row):
    return [*row["mfcc_mean"], row["tempo"]]


def timbre(name):
    path = pathlib.Path(__file__).parent.parent / "clips" / name
    with tempfile.NamedTemporaryFile(suffix=".wav") as wave:
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", path, "-c:a", "pcm_f32le", wave.name], check=True)
        y, _ = librosa.load(wave.name, sr=22050, mono=True)
    return make_timbre.timbre(y)[1:]


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def main():
    raw = np.array([report(row) for row in ROWS.values()])
    wide = np.array([timbre(name) for name in ROWS])
    gaussian, rhythm = wide[:, :378], wide[:, 378:]
    gaussian = unit(gaussian - gaussian.mean(axis=0))
    rhythm = unit((rhythm - rhythm.mean(axis=0)) / rhythm.std(axis=0))
    wide = np.hstack([gaussian, 0.5 * rhythm])
    out = {"files": list(ROWS)}
    for name, points in (("report", raw), ("default", wide)):
        model = KMeans(n_clusters=3, n_init=10, random_state=42).fit(points)
        out[name] = {"labels": model.labels_.tolist(), "inertia": float(f"{model.inertia_:.9g}")}
    json.dump(out, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
