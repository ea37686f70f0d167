"""What PyTorch hears in the clips through the miniature CNN14, and how scikit-learn groups them.

    pip install torch torchlibrosa librosa scikit-learn numpy        (and ffmpeg on the PATH)
    python make_clip_clusters.py > clip_clusters.json

Every clip is decoded by ffmpeg to float, mixed to mono as the mean of its channels, resampled to 32 kHz (soxr_hq) and freed
of frames of 20 ms under -60 dBFS RMS at its ends. Up to eight windows of ten seconds, evenly spread, go through the network
one by one; a track is the mean of their embeddings. Embeddings are brought to unit length and grouped by KMeans. `whole` is
the report's way: the whole clip at once, untrimmed, and embeddings as they are.
"""
import json
import pathlib
import subprocess
import sys

import librosa
import numpy as np
import torch
from sklearn.cluster import KMeans

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE / "cnn14"))
from make_cnn14_reference import MINI, RATE, Cnn14  # noqa: E402

# Numbers of clusters of which ten starts nearly always find the best.
GROUPS, WHOLE_GROUPS = (2, 3, 4), (2, 4)


def load(path):
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=sample_rate,channels", "-of", "csv=p=0", path]
    rate, channels = (int(v) for v in subprocess.check_output(probe, text=True).split(","))
    raw = subprocess.check_output(["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-"])
    wave = np.frombuffer(raw, "<f4").reshape(-1, channels).mean(axis=1)
    return librosa.resample(wave, orig_sr=rate, target_sr=RATE)


def trimmed(wave):
    frame = RATE // 50
    frames = [wave[i:i + frame].astype(np.float64) for i in range(0, len(wave), frame)]
    loud = [i for i, f in enumerate(frames) if np.sqrt(np.mean(f**2)) >= 1e-3]
    return wave[loud[0] * frame:(loud[-1] + 1) * frame]


def windows(wave, length=10 * RATE, most=8):
    room, count = max(0, len(wave) - length), max(1, -(-len(wave) // length))
    if count <= most:
        starts = [min(i * length, room) for i in range(count)]
    else:
        starts = [room * i // (most - 1) for i in range(most)]
    return [wave[start:start + length] for start in starts]


def main():
    net = Cnn14(MINI, 32)
    state = torch.load(HERE / "cnn14" / "cnn14_mini_zip.pth", weights_only=True)["model"]
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert not unexpected and all(name.startswith("spectrogram_extractor") for name in missing)
    net.eval()

    paths = sys.argv[1:] or sorted(str(p) for p in (HERE.parent / "clips").iterdir() if p.suffix != ".py")
    embeddings, whole = [], []

    def hear(wave):
        with torch.no_grad():
            return net(torch.from_numpy(wave.copy())[None])[0][0].numpy().astype(np.float64)

    for path in paths:
        wave = load(path)
        embeddings.append(np.mean([hear(w) for w in windows(trimmed(wave))], axis=0))
        whole.append(hear(wave[:120 * RATE]))
    unit = np.array([e / np.linalg.norm(e) for e in embeddings])
    labels = {n: KMeans(n, n_init=50, random_state=42).fit(unit) for n in GROUPS}
    whole = {n: KMeans(n, n_init=50, random_state=42).fit(np.array(whole)) for n in WHOLE_GROUPS}
    print(json.dumps({
        "embeddings": {pathlib.Path(p).name: [float(f"{v:.7g}") for v in e] for p, e in zip(paths, embeddings)},
        "labels": {n: fit.labels_.tolist() for n, fit in labels.items()},
        "inertia": {n: float(f"{fit.inertia_:.7g}") for n, fit in labels.items()},
        "whole_labels": {n: fit.labels_.tolist() for n, fit in whole.items()},
        "whole_inertia": {n: float(f"{fit.inertia_:.7g}") for n, fit in whole.items()},
    }, indent=1))


if __name__ == "__main__":
    main()
