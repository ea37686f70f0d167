"""Inertia of scikit-learn's KMeans(n_init=10) on small seeded point sets, for src/cluster/tests.rs.

The median of 20 random states: a single one may be 7 % above the best on points as lumpy as the last set.

    python make_blobs.py > blobs.json          (scikit-learn, numpy)
"""
import json
import sys

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs

random = np.random.default_rng(0)
unequal = np.array([1.0, 40.0, 0.02, 300.0])
SETS = {
    "separate blobs": (5, make_blobs(200, 4, centers=5, cluster_std=0.6, random_state=1)[0]),
    "overlapping blobs": (8, make_blobs(240, 6, centers=8, cluster_std=4.0, random_state=2)[0]),
    "one cloud": (12, random.normal(size=(240, 3))),
    "unequal columns": (4, make_blobs(160, 4, centers=4, cluster_std=2.0, random_state=3)[0] * unequal),
    "unequal sizes": (3, make_blobs([180, 40, 5], 2, cluster_std=1.5, random_state=4)[0]),
    "repeated points": (6, random.integers(0, 4, size=(200, 2)).astype(float)),
}

sets = []
for name, (n, points) in SETS.items():
    points = points.round(3).astype(np.float32)
    runs = [KMeans(n, n_init=10, random_state=state).fit(points.astype(np.float64)) for state in range(20)]
    inertia = float(np.median([run.inertia_ for run in runs]))
    rows = [[round(float(value), 3) for value in point] for point in points]
    sets.append({"name": name, "n": n, "inertia": inertia, "points": rows})
json.dump({"scikit-learn": sklearn.__version__, "sets": sets}, sys.stdout, separators=(",", ":"))
