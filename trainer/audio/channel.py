"""Is the line good enough for a fair score? How high it reaches, and how far the voice stands above the noise."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.files import SAMPLE_RATE

FRAME, HOP = 640, 320  # samples: 40 and 20 ms
SPEECH_BAND, HIGH_BAND = (300.0, 3400.0), (4300.0, 7000.0)  # Hz: what every line carries, and what hissing needs
NARROW = -39.0  # dB of the one above the other: a telephone has -41 or less, natives' own microphones -37 and more
NOISY = 12.0  # dB


@dataclass(frozen=True)
class Channel:
    """high: dB of the loudest high sounds against the loudest speech; snr: dB of speech against the quietest tenth."""

    high: float
    snr: float

    @property
    def narrow(self) -> bool:
        return self.high < NARROW

    @property
    def noisy(self) -> bool:
        return self.snr < NOISY


def channel(samples: NDArray[np.float32]) -> Channel:
    """Of a recording at 16 kHz that is at least one frame long."""
    padded = np.pad(samples, (0, max(0, FRAME - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    hertz = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    speech, high = (power[:, (hertz > low) & (hertz < top)].mean(axis=1) for low, top in (SPEECH_BAND, HIGH_BAND))
    loud = float(np.quantile(speech, 0.95)) + 1e-12
    return Channel(
        10 * np.log10((float(np.quantile(high, 0.95)) + 1e-15) / loud),
        10 * np.log10(loud / (float(np.quantile(speech, 0.1)) + 1e-15)),
    )
