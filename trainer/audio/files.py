"""Recordings from files: any format and rate that libsndfile reads, as clean mono float32 at 16 kHz."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.audio.decibels import dbfs
from trainer.errors import UserError
from trainer.messages import gettext as _

if TYPE_CHECKING:
    import soundfile

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
    with _opened(path) as file:
        rate = int(file.samplerate)
        if file.frames > LONGEST * rate:
            raise UserError(_too_long(path, file.frames / rate))
        # A header may not know the length (streams), so never read more than the limit and one frame.
        data = file.read(math.ceil(LONGEST * rate) + 1, dtype="float32", always_2d=True)
    if len(data) > LONGEST * rate:
        raise UserError(_too_long(path, len(data) / rate))
    refuse_unscorable(str(path), data, rate)
    return Recording(resample(mix(data), rate, SAMPLE_RATE), str(path), rate)


def write(path: Path, samples: NDArray[np.float32], rate: int = SAMPLE_RATE) -> None:
    """A mono WAV file of 16 bits. Raises UserError where it cannot be written."""
    import soundfile

    try:
        soundfile.write(path, samples, rate, format="WAV", subtype="PCM_16")
    except (soundfile.SoundFileError, OSError) as error:
        raise UserError(
            _("{path}: cannot be written. Name a file in a folder that is yours.").format(path=path)
        ) from error


def decode(path: Path, longest: float) -> tuple[NDArray[np.float32], int]:
    """Mono samples of at most so many seconds and their rate, unchecked. Raises UserError for what is unreadable."""
    with _opened(path) as file:
        data = file.read(math.ceil(longest * file.samplerate), dtype="float32", always_2d=True)
        return mix(data), int(file.samplerate)


def resample(samples: NDArray[np.float32], rate: float, wanted: float) -> NDArray[np.float32]:
    import soxr

    changed = soxr.resample(samples, rate, wanted) if rate != wanted and len(samples) else samples
    return np.ascontiguousarray(changed, dtype=np.float32)


@contextmanager
def _opened(path: Path) -> "Iterator[soundfile.SoundFile]":
    import soundfile

    if not path.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=path))
    try:
        with soundfile.SoundFile(path) as file:
            yield file
    except (soundfile.SoundFileError, ValueError) as error:
        raise UserError(
            _("{path}: not a readable sound file. Use WAV, FLAC, Ogg/Opus or MP3.").format(path=path)
        ) from error


def _too_long(path: Path, seconds: float) -> str:
    return _(
        "{path}: {seconds:.0f} s long. A radio call has at most {limit:.0f} s: cut the recording to the call."
    ).format(path=path, seconds=seconds, limit=LONGEST)


def refuse_unscorable(source: str, data: NDArray[np.float32], rate: int) -> None:
    """Raise UserError where sound (frames x channels) cannot be scored honestly; `source` says where it came from."""
    if rate < LOWEST_RATE:
        message = _("{source}: sampled at {rate} Hz. Speech needs at least {lowest} Hz: record again at 16000 Hz.")
        raise UserError(message.format(source=source, rate=rate, lowest=LOWEST_RATE))
    if not len(data):
        raise UserError(_("{source}: there is no sound in it. Record the call again.").format(source=source))
    if not np.isfinite(data).all():
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


def mix(data: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the channels, or the loudest one where mixing would cancel or drown the voice."""
    if data.shape[1] == 1 or not len(data):
        return np.ascontiguousarray(data[:, 0])
    mixed: NDArray[np.float32] = data.mean(axis=1)
    energy = (data.astype(np.float64) ** 2).mean(axis=0)
    if float((mixed.astype(np.float64) ** 2).mean()) < 0.5 * energy.max():
        return np.ascontiguousarray(data[:, int(energy.argmax())])
    return mixed
