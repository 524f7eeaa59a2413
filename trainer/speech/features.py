"""Log-mel spectrogram as Whisper defines it (Radford et al., 2022), in NumPy.

The mel scale is Slaney's: linear below 1 kHz, logarithmic above, each band normalised to unit area.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from trainer.audio.recording import SAMPLE_RATE

FFT_SIZE = 400  # 25 ms
HOP = 160  # 10 ms
STEP = 320  # samples between two outputs of the network
MEL_BANDS = 80
DYNAMIC_RANGE = 8.0  # decades (80 dB) kept below the loudest point

LOUD = 0.1  # RMS to which the loud tenth of a recording is brought
FAINTEST = 1e-4  # RMS: what is fainter is no speech, and not made louder still

_LINEAR_STEP = 200.0 / 3  # Hz a mel below the break
_BREAK_HZ = 1000.0
_BREAK_MEL = _BREAK_HZ / _LINEAR_STEP
_LOG_STEP = np.log(6.4) / 27


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < _BREAK_MEL, mel * _LINEAR_STEP, _BREAK_HZ * np.exp(_LOG_STEP * (mel - _BREAK_MEL)))


@cache
def mel_filters() -> NDArray[np.float32]:
    """Triangular filters [80, 201] from FFT bins to mel bands, 0-8000 Hz."""
    top = _BREAK_MEL + np.log(SAMPLE_RATE / 2 / _BREAK_HZ) / _LOG_STEP
    edges = _mel_to_hz(np.linspace(0.0, top, MEL_BANDS + 2))
    bins = np.fft.rfftfreq(FFT_SIZE, 1 / SAMPLE_RATE)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    area = 2 / (edges[2:] - edges[:-2])[:, None]
    return (np.maximum(0, np.minimum(rising, falling)) * area).astype(np.float32)


@cache
def _window() -> NDArray[np.float32]:
    return np.hanning(FFT_SIZE + 1)[:-1].astype(np.float32)  # periodic Hann


def first_step(samples: NDArray[np.float32]) -> int:
    """The sample, before the recording's own first where negative, from which a network's steps are counted: so that
    one begins in the middle of the sound's energy, and what is heard does not hang on where the recording was begun."""
    if len(samples) < STEP:
        return 0
    power = samples.astype(np.float64) ** 2
    middle = float(power @ np.arange(len(power))) / max(float(power.sum()), 1e-12)
    return (round(middle) + STEP // 2) % STEP - STEP // 2


def begun_at(samples: NDArray[np.float32], first: int) -> NDArray[np.float32]:
    """The samples from `first` on; mirrored where there are none before."""
    return samples[first:] if first >= 0 else np.pad(samples, (-first, 0), mode="reflect")


def levelled(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The samples at the one level that a network is used to: the tenth loudest of ten stretches of 10 ms has the RMS
    `LOUD`, or less where nothing was said."""
    count = len(samples) // HOP
    if not count:
        return samples
    power = (samples[: count * HOP].astype(np.float32).reshape(count, HOP) ** 2).mean(axis=1)
    loud = float(np.sqrt(np.percentile(power, 90)))
    scaled: NDArray[np.float32] = (samples * (LOUD / max(loud, FAINTEST))).astype(np.float32)
    return scaled


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Samples at 16 kHz -> [80, len // 160] log-mel energies, scaled to about -1..1."""
    padded = np.pad(samples, FFT_SIZE // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SIZE)[::HOP][: len(samples) // HOP]
    spectrum = np.fft.rfft(frames * _window(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = np.log10(np.maximum(mel_filters() @ power.T.astype(np.float32), 1e-10))
    mel = np.maximum(mel, mel.max() - DYNAMIC_RANGE)
    scaled: NDArray[np.float32] = ((mel + 4) / 4).astype(np.float32)
    return scaled
