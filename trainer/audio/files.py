"""Recordings from files: any format and rate that libsndfile reads, as clean mono float32 at 16 kHz."""

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.audio import containers
from trainer.audio.channels import centred, voice
from trainer.audio.containers import Decoded
from trainer.audio.recording import LONGEST, SAMPLE_RATE, Recording, refuse_unscorable, resample
from trainer.errors import UserError
from trainer.messages import gettext as _


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


def _voice(path: Path, longest: float) -> tuple[NDArray[np.float32], int, Decoded]:
    """Who speaks in a file, its rate, and what it was decoded from. What is no number stays so."""
    whole = _decoded(path, longest)
    rate = whole.parts[0][1]
    voices = [resample(voice(centred(data), own), own, rate) for data, own in whole.parts]
    return np.concatenate(voices), rate, whole


def _decoded(path: Path, longest: float) -> Decoded:
    import soundfile

    if not path.is_file():
        raise UserError(no_file(path))
    try:
        return containers.decode(path, longest)
    except (soundfile.SoundFileError, ValueError) as error:
        raise UserError(
            _("{path}: not a readable sound file. Use WAV, FLAC, Ogg/Opus or MP3.").format(path=path)
        ) from error


def no_file(path: Path) -> str:
    """Why what is named here is no recording."""
    if path.exists():
        return _("{path}: this is no file. Name a recording.").format(path=path)
    return _("{path}: there is no such file.").format(path=path)


def _too_long(path: Path, seconds: float) -> str:
    return _(
        "{path}: {seconds:.0f} s long. A radio call has at most {limit:.0f} s: cut the recording to the call."
    ).format(path=path, seconds=seconds, limit=LONGEST)
