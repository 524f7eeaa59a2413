"""Levels in dBFS: 0 is a full-scale square wave, a full-scale sine has -3."""

import math

import numpy as np
from numpy.typing import NDArray

QUIETEST = -120.0  # shown for digital silence


def dbfs(amplitude: float) -> float:
    return max(QUIETEST, 20 * math.log10(max(amplitude, 1e-9)))


def amplitude(level: float) -> float:
    return float(10 ** (level / 20))


def rms(block: NDArray[np.float32]) -> float:
    return math.sqrt(float((block.astype(np.float64) ** 2).mean())) if len(block) else 0.0


def peak(block: NDArray[np.float32]) -> float:
    return float(np.abs(block).max(initial=0.0))
