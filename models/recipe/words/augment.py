"""Another speaker elsewhere, made of the log-mel energies of a clip: a third of a millisecond for a second of speech.

In log-mel a microphone's colour and the gain are sums, a longer throat is a shift of bands, tempo is a stretch of
time, noise and echoes add up as energies. That is coarser than on samples (phones/augment.py), and ten times cheaper.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from recipe.phones.augment import masked
from recipe.words.features import BANDS, HIGH, LOW, log_mel

Array = NDArray[np.float32]

NEPER = np.log(10) / 10  # of energy in a decibel
FLOOR = float(np.log(np.finfo(np.float32).eps))
RATE = 16_000


@cache
def _throat(warp: float) -> Array:
    """Bands [40, 40] of a throat that is shorter by the factor."""
    edges = np.linspace(1127 * np.log1p(LOW / 700), 1127 * np.log1p(HIGH / 700), BANDS + 2)[1:-1]
    hertz = 700 * np.expm1(edges / 1127)
    source = np.interp(1127 * np.log1p(hertz * warp / 700), edges, np.arange(BANDS))
    low = np.clip(np.floor(source).astype(int), 0, BANDS - 2)
    part = np.clip(source - low, 0, 1)
    matrix = np.zeros((BANDS, BANDS), dtype=np.float32)
    matrix[np.arange(BANDS), low] = 1 - part
    matrix[np.arange(BANDS), low + 1] += part
    return matrix


def _curve(draw: np.random.Generator, decibels: float) -> Array:
    knots = np.linspace(0, BANDS - 1, 7)
    return (NEPER * np.interp(np.arange(BANDS), knots, draw.normal(0, decibels, 7))).astype(np.float32)


def stretched(mel: Array, factor: float) -> Array:
    """In another tempo; above 1 it is faster."""
    at = np.arange(0, len(mel) - 1, factor, dtype=np.float32)
    low = np.minimum(at.astype(int), len(mel) - 2)
    part = (at - low)[:, None]
    return mel[low] * (1 - part) + mel[low + 1] * part


def varied(mel: Array, other: Array, draw: np.random.Generator) -> Array:
    """Log-mel [T, 40] of natural logarithms. other: speech to be heard in the background."""
    if draw.random() < 0.7:
        mel = mel @ _throat(round(draw.uniform(0.87, 1.15), 2)).T
    loudness = float(mel.max())
    if draw.random() < 0.12:  # echoes: energies that die away
        decay, share = draw.uniform(0.75, 0.93), draw.uniform(0.05, 0.4)
        energy = np.exp(mel - loudness)
        echo = np.zeros_like(energy)
        for k in range(2, 24):
            echo[k:] += decay**k * energy[:-k] if k < len(energy) else 0
        mel = loudness + np.log(energy + share * (1 - decay) * echo + 1e-9)
    mel = mel + _curve(draw, draw.uniform(0, 3))
    if draw.random() < 0.06:  # a telephone or a radio
        low, high = draw.integers(2, 7), draw.integers(24, 36)
        bands = np.arange(BANDS)
        mel = mel - (2.0 * np.maximum(0, low - bands) + 2.0 * np.maximum(0, bands - high)).astype(np.float32)
    kind = draw.random()
    level = loudness - NEPER * draw.uniform(22, 60)
    if kind < 0.4:
        hiss = draw.normal(level, 0.7, mel.shape).astype(np.float32) + _curve(draw, 8.0)
        mel = np.logaddexp(mel, hiss)
    elif kind < 0.45:
        talk = np.resize(other, mel.shape)
        mel = np.logaddexp(mel, talk + (loudness - float(talk.max()) - NEPER * draw.uniform(18, 35)))
    mel = mel + NEPER * draw.uniform(-35, 0)
    if draw.random() < 0.35:
        mel = masked(mel.T, draw).T
    return np.maximum(mel, FLOOR)


def no_speech(draw: np.random.Generator) -> Array:
    """Log-mel of noise, hum, beeps or melodies."""
    length = int(draw.uniform(1.0, 5.0) * RATE)
    at = np.arange(length) / RATE
    spectrum = np.fft.rfft(draw.normal(size=length))
    spectrum *= np.maximum(np.arange(len(spectrum)), 1.0) ** draw.uniform(-1.0, 0.3)
    noise = np.fft.irfft(spectrum, length)
    sound = noise / np.abs(noise).max() * 10 ** draw.uniform(-4, 0)
    for _ in range(int(draw.integers(0, 5) ** 2)):
        sound += draw.uniform(0.1, 1.0) * _note(at, draw)
    return log_mel((sound / np.abs(sound).max() * 10 ** draw.uniform(-3, -0.1)).astype(np.float32))


def _note(at: NDArray[np.float64], draw: np.random.Generator) -> NDArray[np.float64]:
    """A tone of some instrument that begins somewhere and dies away. at: [n] seconds."""
    since = at - draw.uniform(-0.5, at[-1])
    vibrato = draw.uniform(0, 0.01) * np.sin(2 * np.pi * draw.uniform(4, 8) * at)
    phase = 2 * np.pi * 50 * 40 ** draw.random() * (at + vibrato / 10)
    slope = draw.uniform(0.5, 2.0)
    tone = sum(np.sin(k * phase) / k**slope for k in range(1, int(draw.integers(2, 9))))
    swelling = 1 - np.exp(-np.maximum(since, 0) / draw.uniform(0.002, 0.08))
    return np.asarray(tone * swelling * np.exp(-draw.uniform(0.2, 8) * np.maximum(since, 0)))
