"""A piece of a recording, to be heard by itself."""

import numpy as np

from trainer.audio.blocks import Samples

FADE = 0.01  # s, so that the cut does not click


def excerpt(samples: Samples, rate: float, start: float, end: float) -> Samples:
    """From start to end (s), faded in and out."""
    first, last = (max(0, round(second * rate)) for second in (start, end))
    piece = np.array(samples[first:last], np.float32)
    fade = min(round(FADE * rate), len(piece) // 2)
    if fade:
        ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)
        piece[:fade] *= ramp
        piece[-fade:] *= ramp[::-1]
    return piece
