"""Which microphone and which loudspeaker: what `--mic` and `--speaker` name."""

import sys
from pathlib import Path

from trainer.audio.loudspeaker import Loudspeaker
from trainer.audio.microphone import Microphone, Pace
from trainer.audio.mute_loudspeaker import MuteLoudspeaker
from trainer.errors import UserError
from trainer.messages import gettext as _


def open_microphone(spec: str | None = None, pace: Pace = "real") -> Microphone:
    """The microphone that `--mic` names: a sound file, a folder of them, `-` for standard input, a device by number or
    part of its name, or the default device.

    Raises UserError where there is no such thing.
    """
    if spec == "-":
        from trainer.audio.piped_microphone import PipedMicrophone

        return PipedMicrophone(sys.stdin.buffer, pace)
    if spec is not None and (Path(spec).exists() or Path(spec).suffix or "/" in spec):
        from trainer.audio.recorded_microphone import RecordedMicrophone

        return RecordedMicrophone(Path(spec), pace)
    from trainer.audio.device_microphone import SoundDeviceMicrophone

    return SoundDeviceMicrophone(spec)


def open_loudspeaker(spec: str | None = None, pace: Pace = "real") -> Loudspeaker:
    """The loudspeaker that is named: `mute`, a WAV file to write, a device by number or part of its
    name; else the default device or, where there is no PortAudio or no device, a mute one whose `trouble` says so.

    Raises UserError for a device or file that was asked for and cannot be had.
    """
    if spec == "mute":
        return MuteLoudspeaker(pace)
    if spec is not None and Path(spec).suffix.lower() == ".wav":
        from trainer.audio.recorded_loudspeaker import RecordedLoudspeaker

        return RecordedLoudspeaker(Path(spec), pace)
    if spec is not None and (Path(spec).exists() or "/" in spec):
        message = _("{path}: no loudspeaker. Name a device, mute, or a WAV file to write (.wav).")
        raise UserError(message.format(path=spec))
    from trainer.audio.device_loudspeaker import SoundDeviceLoudspeaker

    try:
        return SoundDeviceLoudspeaker(spec)
    except UserError as error:
        if spec is not None:
            raise
        return MuteLoudspeaker(pace, _("nothing will be heard: {reason}").format(reason=error))
