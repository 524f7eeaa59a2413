"""Other rooms, microphones, throats and tempos for a clip, on the fly and cheaply (about 2 ms for a second of speech).

Everything linear - the room, the microphone's colour, the telephone or radio band - is one product of spectra. The
vocal tract is warped in the mel filters, the tempo with the pitch by resampling.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from trainer.speech import features
from trainer.speech.features import DYNAMIC_RANGE, FFT_SIZE, HOP, levelled, mel_filters

RATE = 16_000
WARPS = np.linspace(0.84, 1.18, 18)  # of the frequency axis
MASK_FRAMES, MASK_BANDS = 18, 12  # longest stretch of a mask

QUIET = RATE // 100  # samples

Samples = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Views:
    """A clip twice, heard elsewhere and from another throat, but at the same time.

    mels: log-mel [80, T] each. A time t of the clip is at (t + lead) / tempo + late in them, late being each one's own.
    """

    mels: list[NDArray[np.float32]]
    late: list[float]
    lead: float
    tempo: float


def views(samples: Samples, other: Samples, draw: np.random.Generator, count: int = 2) -> Views:
    """other: speech to be heard in the background."""
    samples, lead = cut_or_padded(levelled(samples), draw)
    tempo = draw.uniform(0.86, 1.16) if draw.random() < 0.7 else 1.0
    if tempo != 1.0:
        samples = resampled(samples, tempo)
    mels, shifts = [], []
    for _ in range(count):
        late = int(draw.integers(0, HOP))  # a shift that no frame shows
        moved = np.concatenate([np.zeros(late, np.float32), samples[: len(samples) - late]])
        mels.append(augmented(moved, levelled(other), draw))
        shifts.append(late / RATE)
    return Views(mels, shifts, lead, tempo)


def augmented(samples: Samples, other: Samples, draw: np.random.Generator) -> NDArray[np.float32]:
    """Log-mel [80, T] of a clip as another speaker elsewhere."""
    samples = coloured(samples, draw)
    if draw.random() < 0.5:
        samples = noisy(samples, other, draw)
    if draw.random() < 0.06:
        samples = companded(samples)
    samples = levelled(samples) * np.float32(10 ** (draw.normal(0, 1.5) / 20))
    warp = WARPS[draw.integers(len(WARPS))] if draw.random() < 0.8 else 1.0
    return masked(warped_log_mel(samples, float(warp)), draw)


def cut_or_padded(samples: Samples, draw: np.random.Generator) -> tuple[Samples, float]:
    """Keyed on late and off early, or with a pause before and after: calls begin and end at once, or they don't. And
    the seconds put before, negative where they were cut."""
    if draw.random() < 0.4:
        tens = np.abs(samples[: len(samples) // QUIET * QUIET].reshape(-1, QUIET)).max(axis=1)
        loud = np.flatnonzero(tens > 0.03 * tens.max())
        if len(loud) <= 10:
            return samples, 0.0
        return samples[loud[0] * QUIET : (loud[-1] + 2) * QUIET], -loud[0] * QUIET / RATE
    before, after = (np.zeros(int(draw.uniform(0, 0.5) * RATE), np.float32) for _ in range(2))
    return np.concatenate([before, samples, after]), len(before) / RATE


def resampled(samples: Samples, factor: float) -> Samples:
    """Faster and higher, or slower and lower, by the factor."""
    at = np.arange(0, len(samples) - 1, factor, dtype=np.float32)
    return np.interp(at, np.arange(len(samples)), samples).astype(np.float32)


def coloured(samples: Samples, draw: np.random.Generator) -> Samples:
    """A room, a microphone, and now and then the band of a telephone or a radio."""
    size = int(2 ** np.ceil(np.log2(len(samples) + RATE // 2)))
    spectrum = np.fft.rfft(samples, size)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    knots = np.array([0, 150, 400, 1000, 2500, 5000, 8000])
    gain = np.interp(hertz, knots, draw.normal(0, 3.0, len(knots)))  # dB
    if draw.random() < 0.25:
        low, high = draw.uniform(50, 400), draw.uniform(2800, 6500)
        gain = (
            gain - 24 * np.log2(np.maximum(1, low / np.maximum(hertz, 1))) - 120 * np.log2(np.maximum(1, hertz / high))
        )
    spectrum *= 10 ** (np.maximum(gain, -90) / 20)
    if draw.random() < 0.35:
        seconds = draw.uniform(0.05, 0.45)
        tail = draw.normal(size=int(seconds * RATE)) * np.exp(-6.9 * np.arange(int(seconds * RATE)) / (seconds * RATE))
        tail *= draw.uniform(0.1, 0.7) / np.sqrt((tail**2).sum())
        tail[0] = 1.0
        spectrum *= np.fft.rfft(tail, size)
    return np.fft.irfft(spectrum, size)[: len(samples)].astype(np.float32)


def noisy(samples: Samples, other: Samples, draw: np.random.Generator) -> Samples:
    """Hiss, hum or a distant voice at 5 to 35 dB below the speech."""
    kind = draw.integers(3)
    if kind == 0:
        noise = draw.normal(size=len(samples))
    elif kind == 1:
        noise = np.cumsum(draw.normal(size=len(samples)))
        noise = np.diff(noise, prepend=0) + 0.05 * (noise - noise.mean()) / (noise.std() + 1e-6)
    else:
        noise = np.resize(other, len(samples))
    below = draw.uniform(15 if kind == 2 else 8, 38)
    level = np.sqrt((samples**2).mean() / ((noise**2).mean() + 1e-12)) * 10 ** (-below / 20)
    return (samples + level * noise).astype(np.float32)


def companded(samples: Samples) -> Samples:
    """Through eight bits of mu-law."""
    peak = np.abs(samples).max() + 1e-6
    law = np.sign(samples) * np.log1p(255 * np.abs(samples / peak)) / np.log(256)
    law = np.round(law * 127) / 127
    return (np.sign(law) * (256 ** np.abs(law) - 1) / 255 * peak).astype(np.float32)


@cache
def warped_filters(warp: float) -> NDArray[np.float32]:
    """The mel filters of a longer (warp < 1) or shorter vocal tract, smooth at the upper edge."""
    bins = np.arange(FFT_SIZE // 2 + 1)
    knee = 0.8 * bins[-1] * min(1.0, 1 / warp)
    top = bins[-1]
    source = np.where(bins <= knee, bins * warp, top - (top - knee * warp) * (top - bins) / (top - knee))
    low = np.clip(np.floor(source).astype(int), 0, top)
    high = np.minimum(low + 1, top)
    part = np.clip(source - low, 0, 1)
    matrix = np.zeros((top + 1, top + 1))
    np.add.at(matrix, (low, bins), 1 - part)
    np.add.at(matrix, (high, bins), part)
    return (mel_filters() @ matrix).astype(np.float32)


def warped_log_mel(samples: Samples, warp: float = 1.0) -> NDArray[np.float32]:
    """Whisper's features, seen through warped filters. Same as features.log_mel where nothing is warped."""
    if warp == 1.0:
        return features.log_mel(samples)
    padded = np.pad(samples, FFT_SIZE // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SIZE)[::HOP][: len(samples) // HOP]
    spectrum = np.fft.rfft(frames * np.hanning(FFT_SIZE + 1)[:-1].astype(np.float32), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = np.log10(np.maximum(warped_filters(warp) @ power.T.astype(np.float32), 1e-10))
    return ((np.maximum(mel, mel.max() - DYNAMIC_RANGE) + 4) / 4).astype(np.float32)


def masked(mel: NDArray[np.float32], draw: np.random.Generator) -> NDArray[np.float32]:
    """Stretches of time and of frequency blanked out (SpecAugment, Park et al. 2019)."""
    bands, frames = mel.shape
    mel = mel.copy()
    fill = float(mel.mean())
    for _ in range(int(draw.integers(0, 2 + frames // 250))):
        width = int(draw.integers(1, MASK_FRAMES + 1))
        start = int(draw.integers(0, max(1, frames - width)))
        mel[:, start : start + width] = fill
    for _ in range(int(draw.integers(0, 3))):
        width = int(draw.integers(1, MASK_BANDS + 1))
        start = int(draw.integers(0, bands - width))
        mel[start : start + width] = fill
    return mel
