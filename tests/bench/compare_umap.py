"""What umap-learn makes of the vectors that `cargo bench --bench map -- SONGS --export` wrote: its time, trustworthiness and
preserved neighbours, beside those of this program's map. Needs umap-learn: python compare_umap.py target/tmp/map_10000_64"""

import sys
import time

import numpy
import umap

NEAREST, SAMPLE = 15, 2000


def quality(vectors, positions):
    songs = len(vectors)
    sample = min(songs, SAMPLE)
    penalty, kept = 0.0, 0
    for asked in range(sample):
        song = asked * songs // sample
        by_sound = ((vectors - vectors[song]) ** 2).sum(axis=1)
        by_sound[song] = -1
        rank = numpy.empty(songs, int)
        rank[numpy.argsort(by_sound, kind="stable")] = numpy.arange(songs)
        on_map = ((positions - positions[song]) ** 2).sum(axis=1)
        on_map[song] = numpy.inf
        ranks = rank[numpy.argpartition(on_map, NEAREST)[:NEAREST]]
        penalty += numpy.maximum(ranks - NEAREST, 0).sum()
        kept += (ranks <= NEAREST).sum()
    scale = 2 / (sample * NEAREST * (2 * songs - 3 * NEAREST - 1))
    return f"trustworthiness {1 - penalty * scale:.4f}, of the {NEAREST} nearest {kept / (sample * NEAREST):.4f} stay"


folder = sys.argv[1]
vectors = numpy.load(f"{folder}/vectors.npy")
print("indexer:   ", quality(vectors, numpy.load(f"{folder}/positions.npy")))
begin = time.time()
found = umap.UMAP(random_state=42).fit_transform(vectors)
print(f"umap-learn: {quality(vectors, found)}, {time.time() - begin:.0f} s")
