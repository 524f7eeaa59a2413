"""Give a clip the melody of a Russian yes-no question (IK-3): a steep rise on the stressed vowel, low behind it.

    melody.py CLIP.opus --rise 0.42 0.53 [--height 1.5] [--after 0.85]

The festival voice reads questions like statements. `--rise`: where the stressed vowel lies, s; `ruston score --json`
tells it; melody.tsv lists the clips that `reference.py` does so with.
The pitch is taken with WORLD (pyworld), changed, and put back in; the clip is levelled and written anew.
"""

import argparse
import importlib
from pathlib import Path

import numpy as np
import soundfile as sf
from render import Take, level, save

HEIGHT = 1.5  # of the pitch at the end of the vowel, against where it was
AFTER = 0.85  # of the pitch behind it
FALL_S = 0.08  # how long the fall takes


def contour(times: np.ndarray, start: float, end: float, height: float, after: float) -> np.ndarray:
    """Factor of the pitch at each time: up through the vowel, down right behind it."""
    return np.interp(times, [start, end, end + FALL_S], [1.0, height, after])


def asking(clip: Take, start: float, end: float, height: float, after: float) -> Take:
    world = importlib.import_module("pyworld")
    wave = clip.wave.astype(np.float64)
    pitch, times = world.harvest(wave, clip.rate, f0_floor=60, f0_ceil=300)
    envelope, noise = world.cheaptrick(wave, pitch, times, clip.rate), world.d4c(wave, pitch, times, clip.rate)
    asked = pitch * contour(times, start, end, height, after)
    said = world.synthesize(asked, envelope, noise, clip.rate)[: len(wave)].astype(np.float32)
    return Take(level(said, clip.rate), clip.rate, clip.phones)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--rise", type=float, nargs=2, required=True, metavar=("START", "END"))
    parser.add_argument("--height", type=float, default=HEIGHT)
    parser.add_argument("--after", type=float, default=AFTER)
    args = parser.parse_args()
    wave, rate = sf.read(args.clip, dtype="float32")
    save(asking(Take(wave, rate, ""), *args.rise, args.height, args.after), args.clip)


if __name__ == "__main__":
    main()
