"""Is the line good enough for a fair score? How high it reaches, and how far the voice stands above the noise."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE

FRAME, HOP = 640, 320  # samples: 40 and 20 ms
SPEECH_BAND, HIGH_BAND = (300.0, 3400.0), (4300.0, 7000.0)  # Hz: what every line carries, and what hissing needs
NARROW = -39.0  # dB of the one above the other: a telephone has -41 or less, natives' own microphones -37 and more
NOISY = 28.0  # dB: one in 70 of natives' and learners' recordings has less, of those at 20 dB of noise all but 5 %
ECHOING = -12.0  # dB in 50 ms: a voice near the microphone falls silent faster now and then, one in a bare room never
FALL_FRAME, FALL_HOP, STEPS = 400, 160, 5  # samples, and hops over which the voice falls
BANDS = ((320, 800), (800, 1600), (1600, 3200), (3200, 6000))  # Hz: a voice goes on in one while another is still
FLOOR, LOUD = 40.0, 12.0  # dB below the loudest of a band: what is deeper is silence, what is above may fall


@dataclass(frozen=True)
class Channel:
    """What a recording went through, as its sound shows.

    Attributes:
        high: dB of the loudest high sounds against the loudest speech.
        snr: dB of loud speech against the quietest, the mean of four bands: whoever speaks without a pause is silent in
            one of them now and then, noise is not.
        fall: dB by which loud speech falls in 50 ms where it falls fastest, the mean of four bands.
    """

    high: float
    snr: float
    fall: float

    @property
    def narrow(self) -> bool:
        return self.high < NARROW

    @property
    def noisy(self) -> bool:
        return self.snr < NOISY

    @property
    def echoing(self) -> bool:
        return self.fall > ECHOING


def channel(samples: NDArray[np.float32]) -> Channel:
    """Of a recording at 16 kHz that is at least one frame long."""
    padded = np.pad(samples, (0, max(0, FRAME - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP] * np.hanning(FRAME)
    power = _power(frames)
    hertz = np.fft.rfftfreq(FRAME, 1 / SAMPLE_RATE)
    inside = [power[:, (hertz > low) & (hertz < top)].mean(axis=1) for low, top in (SPEECH_BAND, HIGH_BAND)]
    speech, high = np.quantile(inside, 0.95, axis=1).tolist()
    loud, still = np.quantile(_by_band(power, hertz), [0.95, 0.05], axis=1)
    above = 10 * np.log10((loud + 1e-15) / (still + 1e-15))
    return Channel(10 * np.log10((high + 1e-15) / (speech + 1e-12)), float(above.mean()), _fall(samples))


def _power(frames: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(frames, axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def _by_band(power: NDArray[np.float64], hertz: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """[bands, frames], the mean power of each."""
    return np.array([power[:, (hertz >= low) & (hertz < top)].mean(axis=1) for low, top in BANDS])


def _fall(samples: NDArray[np.float32]) -> float:
    padded = np.pad(samples, (0, FALL_FRAME)).astype(np.float64)
    frames = np.lib.stride_tricks.sliding_window_view(padded, FALL_FRAME)[::FALL_HOP] * np.hanning(FALL_FRAME)
    if len(frames) <= STEPS:
        return -np.inf
    power = _power(frames)
    hertz = np.fft.rfftfreq(FALL_FRAME, 1 / SAMPLE_RATE)
    levels = 10 * np.log10(_by_band(power, hertz) + 1e-10)
    return float(np.mean(list(map(_fall_of, levels, np.quantile(levels, 0.95, axis=1).tolist()))))


def _fall_of(level: NDArray[np.float64], loud: float) -> float:
    level = np.maximum(level, loud - FLOOR)
    change = (level[STEPS:] - level[:-STEPS])[level[:-STEPS] > loud - LOUD]
    return float(np.quantile(change, 0.03)) if len(change) else -np.inf
