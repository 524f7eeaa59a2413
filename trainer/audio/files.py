"""Recordings from files: any format and rate that libsndfile reads, as clean mono float32 at 16 kHz."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.messages import gettext as _

SAMPLE_RATE = 16_000  # Hz, of every recording inside the program
LONGEST = 30.0  # seconds: the acoustic model's position table ends there
SHORTEST = 0.2
LOWEST_RATE = 8_000
SILENCE_DBFS = -60.0  # the loudest 20 ms of a recording must be above this
CLIPPED_SHARE = 0.01  # of all samples at full scale: beyond it the sounds are no longer what was said
FULL_SCALE = 0.999


@dataclass(frozen=True, eq=False)
class Recording:
    """One radio call as it was spoken: float32 mono at 16 kHz, never filtered or coloured."""

    samples: NDArray[np.float32]
    source: str
    source_rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


def read(path: Path) -> Recording:
    """Read and check one clip.

    Raises UserError for what cannot be scored honestly: unreadable, empty, too short, too long, silent, clipped or
    holding values that are not numbers.
    """
    import soundfile
    import soxr

    if not path.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=path))
    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            if file.frames > LONGEST * rate:
                raise UserError(_too_long(path, file.frames / rate))
            # A header may not know the length (streams), so never read more than the limit and one frame.
            data = file.read(math.ceil(LONGEST * rate) + 1, dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, ValueError) as error:
        raise UserError(
            _("{path}: not a readable sound file. Use WAV, FLAC, Ogg/Opus or MP3.").format(path=path)
        ) from error
    if len(data) > LONGEST * rate:
        raise UserError(_too_long(path, len(data) / rate))
    _check(path, data, rate)
    mono = _mix(data)
    samples = soxr.resample(mono, rate, SAMPLE_RATE).astype(np.float32) if rate != SAMPLE_RATE else mono
    return Recording(np.ascontiguousarray(samples), str(path), rate)


def _too_long(path: Path, seconds: float) -> str:
    return _(
        "{path}: {seconds:.0f} s long. A radio call has at most {limit:.0f} s: cut the recording to the call."
    ).format(path=path, seconds=seconds, limit=LONGEST)


def _check(path: Path, data: NDArray[np.float32], rate: int) -> None:
    if rate < LOWEST_RATE:
        message = _("{path}: sampled at {rate} Hz. Speech needs at least {lowest} Hz: record again at 16000 Hz.")
        raise UserError(message.format(path=path, rate=rate, lowest=LOWEST_RATE))
    if not len(data):
        raise UserError(_("{path}: the file holds no sound. Record the call again.").format(path=path))
    if not np.isfinite(data).all():
        message = _("{path}: the file holds values that are not numbers. Export or record it again.")
        raise UserError(message.format(path=path))
    if len(data) < SHORTEST * rate:
        message = _("{path}: only {ms:.0f} ms long. Keep the key down for the whole call.")
        raise UserError(message.format(path=path, ms=1000 * len(data) / rate))
    window = max(1, rate // 50)
    blocks = data[: len(data) // window * window].reshape(-1, window, data.shape[1])
    loudest = math.sqrt(float((blocks.astype(np.float64) ** 2).mean(axis=1).max()))
    if 20 * math.log10(max(loudest, 1e-9)) < SILENCE_DBFS:
        message = _("{path}: the recording is silent. Check the microphone and its level, then record again.")
        raise UserError(message.format(path=path))
    share = float((np.abs(data) >= FULL_SCALE).any(axis=1).mean())
    if share > CLIPPED_SHARE:
        message = _(
            "{path}: overdriven ({share:.0%} of it at full scale). Lower the microphone level, then record again."
        )
        raise UserError(message.format(path=path, share=share))


def _mix(data: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the channels, or the loudest one where mixing would cancel or drown the voice."""
    mixed: NDArray[np.float32] = data.mean(axis=1)
    energy = (data.astype(np.float64) ** 2).mean(axis=0)
    if float((mixed.astype(np.float64) ** 2).mean()) < 0.5 * energy.max():
        return np.ascontiguousarray(data[:, int(energy.argmax())])
    return mixed
