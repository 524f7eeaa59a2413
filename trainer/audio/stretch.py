"""Slow speech down without lowering its pitch.

WSOLA: waveform similarity overlap-add (Verhelst & Roelands, ICASSP 1993). Windows are laid closer together or further
apart than they were cut, each shifted a little to where it continues the one before most smoothly. The packages that do
this ship binaries for a few platforms or are kept no more.
"""

import numpy as np
from numpy.typing import NDArray

WINDOW = 0.030  # s: two pitch periods of a deep voice
TOLERANCE = 0.010  # s: how far a window may be shifted: one pitch period


def stretch(samples: NDArray[np.float32], sample_rate: int, speed: float) -> NDArray[np.float32]:
    """The samples at `speed` times their pace (0.5: twice as long), same pitch. Raises ValueError for a speed <= 0."""
    if speed <= 0:
        raise ValueError("speed must be above zero")
    half = int(WINDOW * sample_rate / 2)
    reach = int(TOLERANCE * sample_rate)
    window = np.hanning(2 * half + 1)[:-1].astype(np.float32)
    length = round(len(samples) / speed)
    padded = np.pad(samples, (half + reach, 2 * half + 2 * reach))
    out = np.zeros(length + 2 * half, dtype=np.float32)
    natural = padded[half + reach :]  # what would follow if nothing were stretched
    for place in range(0, length, half):
        wanted = round(place * speed)  # in `padded`, a window centred on that sample of the input, less the reach
        candidates = padded[wanted : wanted + 2 * half + 2 * reach]
        likeness = np.correlate(candidates, natural[: 2 * half], mode="valid")
        best = int(likeness.argmax()) if place else reach
        out[place : place + 2 * half] += window * candidates[best : best + 2 * half]
        natural = padded[wanted + best + half :]
        if len(natural) < 2 * half:
            break
    return out[half : half + length]
