"""The metric of src/space/metric.rs by numpy and scipy, on small seeded point sets with classes (-1: none).

    python make_metric.py > metric.json          (numpy, scipy)

The scatter is summed class by class, the root of the inverse is scipy's, and the factor is found from the points
themselves: all in another way than the program does it.
"""
import json
import sys

import numpy as np
import scipy
from scipy.linalg import fractional_matrix_power

random = np.random.default_rng(13)


def clouds(classes, each, columns, spread, single=0):
    """Points around the centre of their class; the last `single` ones have none or a class of their own."""
    centres = random.normal(size=(classes, columns))
    labels = np.repeat(np.arange(classes), each)
    points = centres[labels] + random.normal(size=(len(labels), columns)) * spread
    alone = random.normal(size=(single, columns))
    own = np.where(np.arange(single) % 2 == 0, -1, classes + np.arange(single))
    order = random.permutation(len(labels) + single)
    return np.vstack([points, alone])[order], np.concatenate([labels, own])[order]


SETS = {
    "more classes than columns": clouds(12, 4, 5, [0.1, 2.0, 0.5, 0.2, 1.0], single=6),
    "fewer classes than columns": clouds(3, 6, 8, np.linspace(0.1, 3.0, 8), single=3),
    "two songs an artist": clouds(20, 2, 6, 0.7),
    "far from the origin": tuple(v + 50 if i == 0 else v for i, v in enumerate(clouds(5, 5, 3, [3.0, 0.3, 1.0]))),
    "a column without variation": tuple(v * [1, 0, 1] if i == 0 else v for i, v in enumerate(clouds(6, 3, 3, 1.0))),
}


def learn(points, classes):
    columns = points.shape[1]
    groups = [points[classes == c] for c in np.unique(classes) if c >= 0 and (classes == c).sum() > 1]
    within = sum(len(group) * np.cov(group.T, bias=True) for group in groups)
    shrinkage = max(1.0, columns / len(groups))
    whitening = fractional_matrix_power(within + shrinkage * np.trace(within) / columns * np.eye(columns), -0.5)
    factor = np.sqrt(points.var(axis=0).sum() / (points @ whitening).var(axis=0).sum())
    return factor * whitening


sets = []
for name, (points, classes) in SETS.items():
    points = points.round(3).astype(np.float32)
    metric = learn(points.astype(np.float64), classes)
    sets.append({
        "name": name,
        "points": [[round(float(v), 3) for v in row] for row in points],
        "classes": classes.tolist(),
        "metric": [[float(f"{v:.9g}") for v in row] for row in metric],
        "transformed": [[float(f"{v:.9g}") for v in row] for row in points.astype(np.float64) @ metric],
    })
json.dump({"numpy": np.__version__, "scipy": scipy.__version__, "sets": sets}, sys.stdout, separators=(",", ":"))
sys.stdout.write("\n")
