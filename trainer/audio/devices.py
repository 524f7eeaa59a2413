"""The sound devices of this machine, through PortAudio."""

import atexit
import sys
import threading
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Literal, Protocol
from weakref import WeakSet

from trainer.errors import UserError
from trainer.messages import gettext as _


class Stream(Protocol):
    """Something that holds a device open and can open it again."""

    def release(self) -> None: ...


CLOSING = 2.0  # s that PortAudio may take to let go of a device

_streams: "WeakSet[Stream]" = WeakSet()
_held: list[threading.Thread] = []  # that still wait for PortAudio to let go of one

Direction = Literal["input", "output"]


@dataclass(frozen=True)
class Device:
    """A microphone or loudspeaker, as the system has it.

    Attributes:
        index: what PortAudio calls it now; it may change when devices come and go.
        rate: Hz, the device's own.
    """

    index: int
    name: str
    host: str
    direction: Direction
    channels: int
    rate: float
    default: bool


class NoMicrophone(UserError):
    """Nothing can be said at this machine."""


class DeviceLost(UserError):
    """The device went away while in use. What came from it so far stays good; it may be opened again."""


def portaudio() -> ModuleType:
    """The `sounddevice` module. Raises NoMicrophone where the PortAudio library is missing."""
    try:
        import sounddevice
    except OSError as error:
        raise NoMicrophone(
            _("sound needs the PortAudio library: install it (Debian, Ubuntu: apt install libportaudio2).")
        ) from error
    _hush_alsa()
    module: ModuleType = sounddevice
    return module


@cache
def _hush_alsa() -> object:
    """ALSA writes its complaints to standard error from its own threads, across whatever the terminal shows."""
    if not sys.platform.startswith("linux"):
        return None
    from ctypes import CDLL, CFUNCTYPE, c_char_p, c_int  # on Linux only

    try:
        alsa = CDLL("libasound.so.2")
    except OSError:
        return None
    handler = CFUNCTYPE(None, c_char_p, c_int, c_char_p, c_int, c_char_p)(lambda *complaint: None)
    alsa.snd_lib_error_set_handler(handler)
    return handler  # must live as long as the program: ALSA keeps its address


def opened(stream: Stream) -> None:
    """Remember who must let go of its device before PortAudio looks again which devices there are."""
    _streams.add(stream)


def let_go(stream: Any) -> None:
    """Close one of PortAudio's streams. The libraries of a sound server that has died may wait for it for ever: then
    they wait without us, and the program ends without them."""
    closing = threading.Thread(target=stream.close, kwargs={"ignore_errors": True}, name="closing", daemon=True)
    closing.start()
    closing.join(CLOSING)
    if closing.is_alive():
        _held.append(closing)
        atexit.unregister(portaudio()._exit_handler)  # it would wait, too


def look_again() -> None:
    """Let PortAudio find the devices that came and went: it does so only when it starts. While it still holds one, it
    cannot end: then those that it knows are all there are."""
    sounddevice = portaudio()
    for stream in tuple(_streams):
        stream.release()
    _streams.clear()
    if any(closing.is_alive() for closing in _held):
        return
    sounddevice._terminate()
    sounddevice._initialize()


def devices(direction: Direction) -> tuple[Device, ...]:
    """All devices that can record (input) or play (output). Raises UserError where PortAudio is missing or fails."""
    sounddevice = portaudio()
    try:
        hosts = sounddevice.query_hostapis()
        found = sounddevice.query_devices()
    except sounddevice.PortAudioError as error:
        raise UserError(refusal(direction, "", error)) from error
    default = _default(hosts, direction)
    return tuple(
        Device(
            index=int(entry["index"]),
            name=str(entry["name"]),
            host=str(hosts[entry["hostapi"]]["name"]),
            direction=direction,
            channels=int(entry[f"max_{direction}_channels"]),
            rate=float(entry["default_samplerate"]),
            default=entry["index"] == default,
        )
        for entry in found
        if entry[f"max_{direction}_channels"] > 0
    )


def _default(hosts: object, direction: Direction) -> int:
    import sounddevice

    chosen = sounddevice.default.device[0 if direction == "input" else 1]
    if isinstance(chosen, int) and chosen >= 0:
        return chosen
    return next((host[f"default_{direction}_device"] for host in hosts), -1)  # type: ignore[attr-defined]


def pick(direction: Direction, wanted: str | None = None) -> Device:
    """The device with that index or part of a name; the default one where nothing is wanted.

    Raises UserError where there is none, or where a part of a name fits several.
    """
    found = devices(direction)
    if not found and wanted is not None:
        message = _("there is no sound device {wanted}: this machine has none.")
        raise UserError(message.format(wanted=wanted))
    if not found:
        if direction == "input":
            raise NoMicrophone(_("there is no microphone. Connect one, or play recordings with --mic FILE."))
        raise UserError(_("there is no loudspeaker. Connect one."))
    if wanted is None:
        return next((device for device in found if device.default), found[0])
    fitting = [device for device in found if str(device.index) == wanted.strip()] or [
        device for device in found if wanted.casefold() in device.name.casefold()
    ]
    fitting = [device for device in fitting if device.name.casefold() == wanted.casefold()] or fitting
    if not fitting:
        message = _("there is no sound device {wanted}. There is: {names}.")
        raise UserError(message.format(wanted=wanted, names=_listed(found)))
    # The same device often shows up under several host APIs: the first is the default one's.
    if len({device.name for device in fitting}) > 1:
        message = _("{wanted} fits several sound devices: {names}. Name one by its number.")
        raise UserError(message.format(wanted=wanted, names=_listed(tuple(fitting))))
    return next((device for device in fitting if device.default), fitting[0])


def _listed(found: tuple[Device, ...]) -> str:
    return ", ".join(f"{device.index} {device.name}" for device in found)


def refusal(direction: Direction, name: str, error: Exception) -> str:
    """One line for what PortAudio refuses: usually a device that another program holds."""
    reason = str(error.args[0] if error.args else error).splitlines()[0].rstrip(". ")
    if direction == "input":
        message = _("the microphone {name} does not open ({reason}). Close what uses it, or choose another device.")
    else:
        message = _("the loudspeaker {name} does not open ({reason}). Close what uses it, or choose another device.")
    return message.format(name=name, reason=reason)
