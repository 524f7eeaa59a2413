"""Recordings from files: any format and rate that libsndfile reads, as clean mono float32 at 16 kHz."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.audio import containers
from trainer.audio.containers import Decoded
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


def read(path: Path) -> Recording:
    """Read and check one clip.

    Raises UserError for what cannot be scored honestly: unreadable, empty, too short, too long, silent, clipped or
    holding values that are not numbers.
    """
    sound, rate, whole = _voice(path, LONGEST)
    if whole.frames > LONGEST * whole.parts[0][1]:
        raise UserError(_too_long(path, whole.frames / whole.parts[0][1]))
    if len(sound) > LONGEST * rate:
        raise UserError(_too_long(path, len(sound) / rate))
    refuse_unscorable(str(path), sound[:, None], rate)
    return Recording(resample(sound, rate, SAMPLE_RATE), str(path), rate, whole.cut_off)


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
    sound, rate, _whole = _voice(path, longest)
    return sound[: math.ceil(longest * rate)], rate


def refuse_cut_off(path: Path) -> None:
    """Raise UserError where a file ends before its sound does."""
    if _decoded(path, LONGEST).cut_off:
        raise UserError(_("{path}: the file is cut off. Copy or record it again.").format(path=path))


def resample(samples: NDArray[np.float32], rate: float, wanted: float) -> NDArray[np.float32]:
    import soxr

    changed = soxr.resample(samples, rate, wanted) if rate != wanted and len(samples) else samples
    return np.ascontiguousarray(changed, dtype=np.float32)


def _voice(path: Path, longest: float) -> tuple[NDArray[np.float32], int, Decoded]:
    """Who speaks in a file, its rate, and what it was decoded from. What is no number stays so."""
    from trainer.audio.channels import centred, voice  # which measures in what stands here

    whole = _decoded(path, longest)
    rate = whole.parts[0][1]
    voices = [resample(voice(centred(data), own), own, rate) for data, own in whole.parts]
    return np.concatenate(voices), rate, whole


def _decoded(path: Path, longest: float) -> Decoded:
    import soundfile

    if not path.is_file():
        raise UserError(_("{path}: there is no such file.").format(path=path))
    try:
        return containers.decode(path, longest)
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
