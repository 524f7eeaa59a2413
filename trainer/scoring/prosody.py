"""Pitch and level over time, for stress and for prosody.

Pitch by normalised autocorrelation (Boersma 1993, without his path finding): the lag at which a window is most like
itself, where it is like itself at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOWEST, HIGHEST = 65.0, 420.0  # Hz
QUICK = 120  # multiples of it are quick to transform
WINDOW = 0.05  # s: three periods of the lowest pitch
VOICED = 0.45  # correlation of a window with itself one period later
SHORT_LAG = 0.02  # in favour of the shorter of two equally good lags: a period is no two periods


@dataclass(frozen=True, eq=False)
class Prosody:
    """Pitch and level of a recording, frame by frame.

    Attributes:
        pitch: [T] Hz, 0 where there is no voice.
        level: [T] dB against the loudest frame.
    """

    pitch: NDArray[np.float64]
    level: NDArray[np.float64]


def prosody(samples: NDArray[np.float32], sample_rate: int, frames: int) -> Prosody:
    """Pitch and level in `frames` equal steps over the recording."""
    size = int(WINDOW * sample_rate)
    padded = np.pad(samples.astype(np.float64), size)
    centres = size + np.linspace(0, len(samples), 2 * frames + 1)[1::2].astype(int)
    windows = padded[centres[:, None] + np.arange(-size // 2, size // 2)]
    energy = (windows**2).mean(axis=1)
    level = 10 * np.log10(energy + 1e-12)

    taper = np.hanning(size)
    shaped = (windows - windows.mean(axis=1, keepdims=True)) * taper
    low, high = int(sample_rate / HIGHEST), min(int(sample_rate / LOWEST), size - 1)
    length = -(-(size + high) // QUICK) * QUICK  # no lag that is asked for wraps round
    spectrum = np.fft.rfft(shaped, length)
    correlation = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, length)
    own = np.fft.irfft(np.abs(np.fft.rfft(taper, length)) ** 2, length)
    lags = np.arange(low, high)
    alike = correlation[:, low:high] / np.maximum(correlation[:, :1], 1e-12) * (own[0] / own[low:high])
    best = (alike - SHORT_LAG * np.log2(lags / low)).argmax(axis=1)
    strength = alike[np.arange(frames), best]
    voiced = (strength > VOICED) & (level > level.max() - 40)
    return Prosody(np.where(voiced, sample_rate / lags[best], 0.0), level - level.max())
