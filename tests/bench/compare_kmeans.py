"""Inertia of the program's playlists against scikit-learn's, in the full space.

usage: compare_kmeans.py STORE, a store that `cargo bench --bench recluster -- TRACKS 2048 --export` has made, with the
playlists of n = 50 in it. Needs numpy and scikit-learn. Prints both inertias over the unit vectors and their ratio; the
figure to reach is 1.01.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans

store = Path(sys.argv[1])
vectors = np.load(store / "vectors.npy")
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
row = {path: number for number, path in enumerate((store / "paths.txt").read_text().splitlines())}
playlists = json.loads((store / "playlists.json").read_text())["playlists"]


def inertia(groups):
    return sum(((vectors[rows] - vectors[rows].mean(axis=0)) ** 2).sum(dtype=np.float64) for rows in groups)


ours = inertia([[row[song] for song in playlist["songs"]] for playlist in playlists])
begin = time.time()
model = KMeans(n_clusters=len(playlists), n_init=10, random_state=0).fit(vectors)
seconds = time.time() - begin
theirs = inertia([np.flatnonzero(model.labels_ == label) for label in range(len(playlists))])
print(f"{len(row)} x {vectors.shape[1]}, n = {len(playlists)}: ours {ours:.2f}, scikit-learn {theirs:.2f} "
      f"in {seconds:.1f} s, ratio {ours / theirs:.4f}")
