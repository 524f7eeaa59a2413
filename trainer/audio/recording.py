"""A recording as the whole program has it: clean mono float32 at 16 kHz, and what may be scored honestly."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import dbfs
from trainer.errors import UserError
from trainer.messages import gettext as _

SAMPLE_RATE = 16_000  # Hz, of every recording inside the program
LONGEST = 30.0  # seconds: the acoustic model's position table ends there
SHORTEST = 0.2
LOWEST_RATE = 8_000
SILENCE_DBFS = -60.0  # the loudest 20 ms of a recording must be above this
CLIPPED_SHARE = 0.01  # of all samples at full scale: beyond it the sounds are no longer what was said
FULL_SCALE = 0.999
LOUDEST = 1e3  # of full scale: beyond it numbers are no sound


@dataclass(frozen=True, eq=False)
class Recording:
    """One radio call as it was spoken: float32 mono at 16 kHz, never filtered or coloured.

    Attributes:
        samples: [-1, 1], 16 kHz.
        source: the file, or what else it came from.
        source_rate: Hz, before it was resampled.
        cut_off: its file ends before the sound does.
    """

    samples: NDArray[np.float32]
    source: str
    source_rate: int
    cut_off: bool = False

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def resample(samples: NDArray[np.float32], rate: float, wanted: float) -> NDArray[np.float32]:
    import soxr

    changed = soxr.resample(samples, rate, wanted) if rate != wanted and len(samples) else samples
    return np.ascontiguousarray(changed, dtype=np.float32)


def refuse_unscorable(source: str, data: NDArray[np.float32], rate: int) -> None:
    """Raise UserError where sound (frames x channels) cannot be scored honestly; `source` says where it came from."""
    if rate < LOWEST_RATE:
        message = _("{source}: sampled at {rate} Hz. Speech needs at least {lowest} Hz: record again at 16000 Hz.")
        raise UserError(message.format(source=source, rate=rate, lowest=LOWEST_RATE))
    if not len(data):
        raise UserError(_("{source}: there is no sound in it. Record the call again.").format(source=source))
    if not np.isfinite(data).all() or float(np.abs(data).max()) > LOUDEST:
        message = _("{source}: there are values in it that are not numbers. Export or record it again.")
        raise UserError(message.format(source=source))
    if len(data) < SHORTEST * rate:
        raise UserError(too_short(source, len(data) / rate))
    if loudest_dbfs(data, rate) < SILENCE_DBFS:
        message = _("{source}: the recording is silent. Check the microphone and its level, then record again.")
        raise UserError(message.format(source=source))
    share = clipped_share(data)
    if share > CLIPPED_SHARE:
        message = _(
            "{source}: overdriven ({share:.0%} of it at full scale). Lower the microphone level, then record again."
        )
        raise UserError(message.format(source=source, share=share))


def too_short(source: str, seconds: float) -> str:
    message = _("{source}: only {ms:.0f} ms long. Keep the key down for the whole call.")
    return message.format(source=source, ms=1000 * seconds)


def loudest_dbfs(data: NDArray[np.float32], rate: int) -> float:
    """RMS level of the loudest 20 ms of sound (frames x channels), in dB of full scale."""
    window = max(1, rate // 50)
    blocks = data[: len(data) // window * window].reshape(-1, window, data.shape[1])
    return dbfs(math.sqrt(float((blocks.astype(np.float64) ** 2).mean(axis=1).max(initial=0.0))))


def clipped_share(data: NDArray[np.float32]) -> float:
    """Share of the frames (frames x channels) with a channel at full scale."""
    return float((np.abs(data) >= FULL_SCALE).any(axis=1).mean()) if len(data) else 0.0
