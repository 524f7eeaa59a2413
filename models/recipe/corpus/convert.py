"""One man's voice as many: festvox-ru with other pitches, vocal tracts and rates, by the WORLD vocoder (pyworld).

    python -m recipe.corpus.convert WAV_DIR OUT_DIR --voices 3

Every clip is taken apart once and put together again as several speakers: a lower or higher man, a woman, a child. The
vocal tract is changed by stretching the spectral envelope along the frequency axis.
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyworld
import soundfile
from numpy.typing import NDArray

RATE = 16_000


@dataclass(frozen=True)
class Speaker:
    """Factors against the original: pitch, liveliness of the pitch, formants, tempo."""

    pitch: float
    range: float
    formants: float
    tempo: float


def speakers(draw: random.Random, n: int) -> Iterator[Speaker]:
    kinds = ((1.55, 2.0, 1.10, 1.25), (0.75, 1.25, 0.88, 1.08), (1.9, 2.5, 1.18, 1.38))  # woman, man, child
    for i in range(n):
        low, high, short, tall = kinds[i % len(kinds)]
        yield Speaker(
            draw.uniform(low, high), draw.uniform(0.7, 1.5), draw.uniform(short, tall), draw.uniform(0.85, 1.25)
        )


def convert(samples: NDArray[np.float64], voices: list[Speaker]) -> Iterator[NDArray[np.float64]]:
    pitch, times = pyworld.dio(samples, RATE, f0_floor=60, f0_ceil=350)
    pitch = pyworld.stonemask(samples, pitch, times, RATE)
    envelope = pyworld.cheaptrick(samples, pitch, times, RATE)
    noise = pyworld.d4c(samples, pitch, times, RATE)
    voiced = pitch > 0
    mean = np.exp(np.log(pitch[voiced]).mean()) if voiced.any() else 1.0
    bins = np.arange(envelope.shape[1])
    for voice in voices:
        changed = np.where(voiced, mean * voice.pitch * (np.where(voiced, pitch, mean) / mean) ** voice.range, 0.0)
        source = np.minimum(bins / voice.formants, bins[-1])
        low = source.astype(int)
        part = source - low
        high = np.minimum(low + 1, bins[-1])
        logs = np.log(envelope + 1e-12)
        stretched = np.exp(logs[:, low] * (1 - part) + logs[:, high] * part)
        yield pyworld.synthesize(
            changed, np.ascontiguousarray(stretched), np.ascontiguousarray(noise), RATE, 5.0 / voice.tempo
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--voices", type=int, default=3)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for clip in sorted(arguments.clips.glob("*.wav")):
        if (arguments.out / f"{clip.stem}-{arguments.voices - 1}.flac").exists():
            continue
        samples, _rate = soundfile.read(clip)
        draw = random.Random(clip.stem)
        for i, made in enumerate(convert(samples, list(speakers(draw, arguments.voices)))):
            made *= 0.1 / max(1e-4, float(np.sqrt((made**2).mean())))
            soundfile.write(arguments.out / f"{clip.stem}-{i}.flac", np.clip(made, -1, 1), RATE)


if __name__ == "__main__":
    main()
