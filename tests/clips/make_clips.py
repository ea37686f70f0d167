"""Makes the clips beside it: three styles, six songs each, every style once in each of six formats.

    pip install numpy            (and ffmpeg on the PATH, with libmp3lame and libvorbis)
    python make_clips.py

Everything is synthesised from seeds, and CC0. The same encoders make the same bytes.
"""
import pathlib
import subprocess

import numpy as np

HERE = pathlib.Path(__file__).parent
HISS = 10 ** (-60 / 20)          # a noise floor, so that every decoder's rounding is far below the quietest band

SEED = 1                         # gives no clip a chance null in the quiet lowest bins, where a rounding would show

# style: (genre, album, two artists)
STYLES = {
    "ambient": ("Ambient", "Long Halls", ("Slow Harbour", "Nachtförde")),
    "electronic": ("Electronic", "Grid Lines", ("Step Nine", "Volt & Sons")),
    "acoustic": ("Acoustic", "Wood and Wire", ("The Porch Trio", "Ada Fenn")),
}

# file, title, Hz, channels, seconds, root (MIDI note), beats a minute, encoder (AAC without its random noise substitution)
CLIPS = [
    ("ambient_01.mp3", "Tide", 44100, 2, 9.0, 33, 52, "libmp3lame -b:a 64k"),
    ("ambient_02.flac", "Under Ice", 44100, 1, 6.0, 36, 46, "flac -sample_fmt s16"),
    ("ambient_03.ogg", "Größe und Stille", 48000, 2, 8.0, 31, 56, "libvorbis -q:a 1"),
    ("ambient_04.m4a", "Low Cloud", 44100, 1, 7.0, 38, 50, "aac -b:a 64k -aac_pns 0"),
    ("ambient_05.wav", "Cellar", 22050, 1, 5.0, 35, 60, "pcm_s16le"),
    ("ambient_06.aiff", "Embers", 22050, 1, 5.0, 40, 54, "pcm_s16be"),
    ("electronic_01.mp3", "Relay", 48000, 1, 8.0, 45, 120, "libmp3lame -b:a 64k"),
    ("electronic_02.flac", "Half Adder", 22050, 1, 6.0, 43, 132, "flac -sample_fmt s16"),
    ("electronic_03.ogg", "Carrier", 44100, 2, 8.0, 48, 140, "libvorbis -q:a 1"),
    ("electronic_04.m4a", "Latch", 44100, 2, 7.0, 41, 128, "aac -b:a 80k -aac_pns 0"),
    ("electronic_05.wav", "Clock", 32000, 1, 5.0, 46, 136, "pcm_s16le"),
    ("electronic_06.aiff", "Overflow", 22050, 1, 5.0, 44, 144, "pcm_s16be"),
    ("acoustic_01.mp3", "Gate", 44100, 1, 9.0, 50, 96, "libmp3lame -b:a 56k"),
    ("acoustic_02.flac", "Orchard", 22050, 1, 6.0, 52, 88, "flac -sample_fmt s16"),
    ("acoustic_03.ogg", "Letter Home", 44100, 1, 9.0, 48, 104, "libvorbis -q:a 1"),
    ("acoustic_04.m4a", "Sparrow", 44100, 1, 6.0, 53, 92, "alac -sample_fmt s16p"),
    ("acoustic_05.wav", "Kitchen Waltz", 22050, 1, 5.0, 47, 100, "pcm_s16le"),
    ("acoustic_06.aiff", "River Road", 22050, 1, 5.0, 55, 108, "pcm_s16be"),
]


def hertz(note):
    return 440.0 * 2 ** ((note - 69) / 12)


def band(wave, rate, low, high):
    """Keeps low..high Hz, with slopes of 12 dB an octave."""
    hz = np.fft.rfftfreq(len(wave), 1 / rate) + 1e-9
    gain = 1 / np.sqrt((1 + (low / hz) ** 4) * (1 + (hz / high) ** 4))
    return np.fft.irfft(np.fft.rfft(wave) * gain, len(wave))


def hiss(rng, rate, length):
    """Pink noise of unit deviation."""
    gain = 1 / np.sqrt(np.maximum(np.fft.rfftfreq(length, 1 / rate), 10))
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(length)) * gain, length)
    return noise / np.std(noise)


def reverb(wave, rng, rate, seconds):
    """A dark hall: exponentially decaying noise, 60 dB in `seconds`."""
    t = np.arange(int(seconds * rate)) / rate
    hall = band(rng.standard_normal(len(t)), rate, 60, 900) * 10 ** (-3 * t / seconds)
    size = len(wave) + len(hall)
    wet = np.fft.irfft(np.fft.rfft(wave, size) * np.fft.rfft(hall, size), size)[: len(wave)]
    return wave + 2 * wet * np.std(wave) / np.std(wet)


def add(track, at, sound):
    sound = sound[: max(len(track) - at, 0)]
    track[at : at + len(sound)] += sound


def ambient(rng, rate, length, root, bpm):
    """Soft chords that swell once in four beats, in a long hall; far away a breath on every beat."""
    t = np.arange(length) / rate
    span, pad = 240 / bpm, np.zeros(length)
    for bar in range(int(t[-1] / span) + 1):
        swell = np.exp(-(((t - (bar + 0.5) * span) / (0.45 * span)) ** 2))
        for interval in rng.permutation([0, 3, 7, 10, 12, 14])[:4]:
            for detune in (-0.06, 0.05):
                phase = 2 * np.pi * hertz(root + interval + detune) * t + rng.uniform(0, 2 * np.pi)
                pad += swell * sum(np.sin(h * phase) / h**2 for h in range(1, 6))
    pad = band(reverb(pad, rng, rate, 3.0), rate, 30, 500)
    breath = hiss(rng, rate, length) * np.exp(-3 * (t * bpm / 60 % 1))
    return pad / np.abs(pad).max() + 0.015 * breath


def electronic(rng, rate, length, root, bpm):
    """Four to the floor: kick, snare on two and four, hats between, an arpeggio of saws in sixteenths."""
    track, step = np.zeros(length), 15 / bpm
    t = np.arange(int(0.3 * rate)) / rate
    kick = 1.2 * np.sin(2 * np.pi * (48 * t + 9 * (1 - np.exp(-t * 28)))) * np.exp(-t * 14)
    arpeggio = rng.choice([0, 3, 7, 10, 12, 15], 16)
    for i in range(int(length / rate / step) + 1):
        at = int(i * step * rate)
        noise = rng.standard_normal(len(t))
        if i % 4 == 0:
            add(track, at, kick)
        if i % 8 == 4:
            add(track, at, 0.7 * band(noise, rate, 900, 7000) * np.exp(-t * 22))
        if i % 2 == 0:
            add(track, at, (0.6 if i % 4 == 2 else 0.3) * band(noise, rate, 5000, 9000) * np.exp(-t * 45))
        for note, gain in ((root - 12, 0.25), (root + 24 + arpeggio[i % 16], 0.3)):
            saw = 2 * ((hertz(note) * t) % 1.0) - 1
            add(track, at, gain * saw * np.exp(-t * 12))
    return band(track, rate, 25, 7000)


def acoustic(rng, rate, length, root, bpm):
    """Plucked strings (Karplus and Strong): a strummed chord every two beats, a melody in eighths."""
    def pluck(note, seconds, bright):
        period = int(rate / hertz(note) - 0.5)
        string = np.zeros((int(seconds * rate) // period + 2) * period)
        string[:period] = band(rng.uniform(-1, 1, period), rate, 20, bright)
        for at in range(period, len(string), period):
            before = string[at - period - 1 : at] if at > period else np.append(0.0, string[:period])
            string[at : at + period] = 0.498 * (before[1:] + before[:-1])
        return string

    track, beat = np.zeros(length), 60 / bpm
    chords = [(0, 4, 7, 12), (-3, 0, 4, 9), (5, 9, 12, 17), (7, 11, 14, 19)]
    for i in range(int(length / rate / beat * 2) + 1):
        at = int(i * beat / 2 * rate)
        chord = chords[i // 8 % 4]
        if i % 4 == 0:
            for k, interval in enumerate(chord):
                add(track, at + int(0.018 * k * rate), 0.5 * pluck(root - 12 + interval, 2 * beat, 2000))
        if rng.random() < 0.8:
            add(track, at, 0.8 * pluck(root + 12 + rng.choice(chord), beat, 3500))
    return band(track, rate, 80, 6000)


def main():
    for number, (name, title, rate, channels, seconds, root, bpm, encoder) in enumerate(CLIPS):
        style, track = name.split(".")[0].split("_")
        render, length = globals()[style], 1024 * int(np.ceil(seconds * rate / 1024))  # whole AAC frames: no end to trim
        # the voices of the two channels differ a little, as two takes would
        rngs = [np.random.default_rng([SEED, number, channel]) for channel in range(channels)]
        voices = [render(rng, rate, length, root, bpm) for rng in rngs]
        sound = np.stack(voices, axis=1)
        sound *= {"ambient": 0.35, "electronic": 0.9, "acoustic": 0.6}[style] / np.abs(sound).max()
        sound += HISS * np.stack([hiss(rng, rate, length) for rng in rngs], axis=1)
        genre, album, artists = STYLES[style]
        tags = {"title": title, "artist": artists[int(track) % 2], "album": album, "genre": genre, "track": int(track)}
        command = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-i", "-"]
        command += ["-c:a", *encoder.split(), "-fflags", "+bitexact", "-flags:a", "+bitexact"]
        command += [word for key, value in tags.items() for word in ("-metadata", f"{key}={value}")]
        command += ["-write_id3v2", "1"] if name.endswith("aiff") else []
        subprocess.run([*command, HERE / name], input=sound.astype("<f4").tobytes(), check=True)


if __name__ == "__main__":
    main()
