"""scikit-learn's KMeans on the vectors of librosa.json: 3 clusters, 10 starts, seed 42.

    pip install scikit-learn numpy
    python make_kmeans.py > kmeans.json

`report`: 13 MFCC means and the tempo, unscaled. `default`: the 52 default columns, standardised, then unit length. The
numbers of the clusters mean nothing, only which clips share one.
"""
import json
import pathlib
import sys

import numpy as np
from sklearn.cluster import KMeans

ROWS = json.loads((pathlib.Path(__file__).parent / "librosa.json").read_text())["files"]


def report(row):
    return [*row["mfcc_mean"], row["tempo"]]


def default(row):
    return [*row["mfcc_mean"], *row["mfcc_std"], *row["contrast_mean"][:6], *row["contrast_std"][:6],
            *row["shape_mean"], *row["shape_std"], *np.log(np.array(row["onset"]) + 1e-3), np.log2(row["tempo"])]


def main():
    raw = np.array([report(row) for row in ROWS.values()])
    wide = np.array([default(row) for row in ROWS.values()])
    wide = (wide - wide.mean(axis=0)) / wide.std(axis=0)
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    out = {"files": list(ROWS)}
    for name, points in (("report", raw), ("default", wide)):
        model = KMeans(n_clusters=3, n_init=10, random_state=42).fit(points)
        out[name] = {"labels": model.labels_.tolist(), "inertia": float(f"{model.inertia_:.9g}")}
    json.dump(out, sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
