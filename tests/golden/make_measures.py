"""What scikit-learn measures of groupings and neighbours, on small seeded sets.

    python make_measures.py > measures.json          (numpy, scikit-learn)

Purity and the filter of artists are not scikit-learn's: purity is counted from its contingency matrix; for the accuracy of
the 5 nearest, a KNeighborsClassifier is fitted for each song to those of all other artists (-1: none, which leaves out the
song alone). Its way with ties is kept: of labels with equal votes the first in their order.
"""
import json
import sys

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.neighbors import KNeighborsClassifier

random = np.random.default_rng(16)
SETS = {
    "separate blobs": (5, make_blobs(200, 4, centers=5, cluster_std=0.6, random_state=1)),
    "overlapping blobs": (7, make_blobs(240, 6, centers=8, cluster_std=4.0, random_state=2)),
    "unequal sizes": (3, make_blobs([180, 40, 5], 2, cluster_std=1.5, random_state=4)),
    "one cloud": (12, (random.normal(size=(300, 3)), random.integers(0, 4, 300))),
    "far from the origin": (4, tuple(v + 1000 * (i == 0) for i, v in enumerate(make_blobs(90, 3, centers=4, random_state=5)))),
}


def purity(labels, groups):
    return metrics.cluster.contingency_matrix(labels, groups).max(axis=0).sum() / len(labels)


def accuracy(points, labels, artists, k=5):
    right = 0
    for song in range(len(points)):
        others = np.arange(len(points)) != song
        if artists[song] >= 0:
            others &= artists != artists[song]
        model = KNeighborsClassifier(k, algorithm="brute").fit(points[others], labels[others])
        right += model.predict(points[song:song + 1])[0] == labels[song]
    return right / len(points)


sets = []
for name, (n, (points, labels)) in SETS.items():
    points = points.round(3).astype(np.float32)
    exact = points.astype(np.float64)
    groups = KMeans(n, n_init=3, random_state=0).fit_predict(exact)
    artists = labels * 20 + random.integers(0, 12, len(labels))
    artists[random.random(len(labels)) < 0.1] = -1
    sets.append({
        "name": name,
        "points": [[round(float(v), 3) for v in row] for row in points],
        "labels": labels.tolist(),
        "groups": groups.tolist(),
        "artists": artists.tolist(),
        "silhouette": metrics.silhouette_score(exact, groups),
        "davies_bouldin": metrics.davies_bouldin_score(exact, groups),
        "calinski_harabasz": metrics.calinski_harabasz_score(exact, groups),
        "nmi": metrics.normalized_mutual_info_score(labels, groups),
        "ari": metrics.adjusted_rand_score(labels, groups),
        "purity": purity(labels, groups),
        "accuracy": accuracy(exact, labels, artists),
    })
json.dump({"scikit-learn": sklearn.__version__, "sets": sets}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
