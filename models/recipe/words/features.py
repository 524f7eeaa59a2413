"""Kaldi's MFCC (40 of 40 bands, as a Vosk folder's conf/mfcc.conf asks for) in NumPy, for throats of any length."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
WINDOW, HOP, FFT = 400, 160, 512
BANDS = 40
LOW, HIGH = 20.0, 7600.0  # Hz
PREEMPHASIS = 0.97
LIFTER = 22.0
CONF = """\
--use-energy=false
--num-mel-bins=40
--num-ceps=40
--low-freq=20
--high-freq=7600
--dither=0.0
"""

Array = NDArray[np.float32]


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1127.0 * np.log1p(hertz / 700.0)


@cache
def _window() -> Array:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))
    return (hann**0.85).astype(np.float32)


@cache
def mel_filters(warp: float = 1.0) -> Array:
    """Triangles [40, 256] over the bins of the spectrum. warp: factor of all frequencies but the highest."""
    hertz = np.arange(FFT // 2) * (RATE / FFT)
    knee, top = 0.8 * HIGH * min(1.0, 1 / warp), RATE / 2
    bent = np.where(hertz <= knee, hertz * warp, top - (top - knee * warp) * (top - hertz) / (top - knee))
    edges = np.linspace(*_mel(np.array([LOW, HIGH])), BANDS + 2)
    mel = _mel(bent)
    rising = (mel - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - mel) / np.diff(edges)[1:, None]
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


@cache
def cosines() -> Array:
    """From log-mel to liftered cepstra [40, 40]."""
    k = np.arange(BANDS)[:, None]
    matrix = np.sqrt(2 / BANDS) * np.cos(np.pi / BANDS * (np.arange(BANDS) + 0.5) * k)
    matrix[0] = np.sqrt(1 / BANDS)
    return (matrix * (1 + 0.5 * LIFTER * np.sin(np.pi * k / LIFTER))).astype(np.float32)


def log_mel(samples: Array, warp: float = 1.0) -> Array:
    """Samples of -1..1 -> log energies [T, 40] of whole windows only, T = 1 + (n - 400) // 160."""
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32) * 32768, WINDOW)[::HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    spectrum = np.fft.rfft((frames - PREEMPHASIS * before) * _window(), FFT, axis=1)[:, :-1]
    power = spectrum.real**2 + spectrum.imag**2
    energies = power.astype(np.float32) @ mel_filters(warp).T
    return np.log(np.maximum(energies, np.finfo(np.float32).eps))


def mfcc(samples: Array) -> Array:
    """Samples of -1..1 -> [T, 40]."""
    return log_mel(samples) @ cosines().T
